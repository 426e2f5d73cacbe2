"""Work off rows of many companies whose time has come, for what the scheduler calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress

from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction


def work_off_due(due: Iterable[tuple[int, int]], act: Callable[[int, Actor], bool], *, failed: str) -> int:
    """Call `act` with the id of each row that is due, in a transaction of its company; returns how many times it said True.

    `due` has the id of the company and of the row. A row that fails is logged as `failed` and delays no other one, of its own
    company neither. A company that is busy has its turn in the next round.
    """
    rows: dict[int, list[int]] = defaultdict(list)
    for company_id, pk in due:
        rows[company_id].append(pk)
    done = 0
    for company in Company.objects.filter(pk__in=rows):
        actor = Actor(company_id=company.pk)
        with suppress(CompanyBusy):
            for pk in rows[company.pk]:
                with isolated(failed, CompanyBusy, company=company.slug), scope(company=company):
                    with company_transaction(company, actor):
                        changed = act(pk, actor)
                    done += changed
    return done
