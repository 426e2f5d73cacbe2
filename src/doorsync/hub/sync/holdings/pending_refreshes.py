"""Refreshes that are put off: a change that concerns many users is stored with the change, and worked out in chunks after it.

Until all its users are refreshed nothing is sent about them, and no terminal of the company is called up to date; see
docs/decisions/wide-changes-are-worked-out-in-chunks.md. `run.refresh_worker` does the work.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.compiled_queries import compiled_for_all_companies
from doorsync.hub.companies.dry_run import is_dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.pending_holdings import ONLY_NARROWS
from doorsync.hub.sync.models import PendingRefresh, PendingRefreshUser
from doorsync.hub.sync.models.pending_refreshes import EVERYWHERE
from doorsync.hub.terminals.models import Terminal

PAIRS = 4000  # of users and terminals that one transaction refreshes: some 0.3 s
FEW = 50  # users who are refreshed at once however many terminals there are

PUT_OFF = """
INSERT INTO sync_pendingrefreshuser (company_id, refresh_id, user_id, terminal_id, refreshed) VALUES (%s, %s, %s, %s, FALSE)
ON CONFLICT (user_id, terminal_id) DO UPDATE SET refresh_id = excluded.refresh_id, refreshed = FALSE, failed_at = NULL
"""

refresh_waiting = threading.Event()  # wakes the worker of this process


def is_too_much(users: Collection[int], terminal_id: int = EVERYWHERE) -> bool:
    """Whether so many users are to be put off. A dry run has to see the effect, and is rolled back anyway."""
    return len(users) > FEW and not is_dry_run() and len(users) > at_once(terminal_id)


def at_once(terminal_id: int = EVERYWHERE) -> int:
    """How many users are refreshed in one transaction, at one terminal or at all of them."""
    return max(1, PAIRS // (1 if terminal_id else max(1, Terminal.objects.count())))


def put_off(company: Company, users: Iterable[int], actor: Actor | None, *, terminal_id: int = EVERYWHERE) -> None:
    """Store that these users are to be refreshed, at one terminal or at all of them. In the transaction of the change."""
    by = actor or Actor(company_id=company.pk)
    refresh = PendingRefresh.objects.create(
        company=company, administrator_id=by.administrator_id, via=by.via, reference=by.reference, began_at=timezone.now()
    )
    with connection.cursor() as cursor:
        cursor.executemany(PUT_OFF, [(company.pk, refresh.pk, user, terminal_id) for user in sorted(users)])
    transaction.on_commit(refresh_waiting.set)


def forget_refreshed(users: Collection[int]) -> None:
    """Take these users out: they were refreshed on their own, with the rules as they are now."""
    PendingRefreshUser.objects.filter(user_id__in=users).delete()


def is_refreshing(company_id: int) -> bool:
    """Whether a change of this company is still being worked out."""
    return _refreshes.exists(company=company_id)


@compiled_for_all_companies
def _refreshes(*, company: Any) -> QuerySet[PendingRefresh]:
    return PendingRefresh.objects.filter(company_id=company)


def users_left() -> int:
    """How many users of the company in scope are still to be refreshed."""
    return PendingRefreshUser.objects.filter(refreshed=False).values("user_id").distinct().count()


def sendable() -> Q:
    """What may be sent while a change is being worked out: what is about other users, and schedules that only lose hours.

    A schedule that gains hours, or goes, waits for the people who still have it and may not any more.
    """
    users = PendingRefreshUser.objects.values("user_id")
    companies = PendingRefresh.objects.values("company_id")
    return ~Q(user_id__in=users) & ~(Q(kind=Kind.SCHEDULE, company_id__in=companies) & ~ONLY_NARROWS)
