"""Time's own changes: a start or an expiry takes effect at its moment, without anybody's write.

When the clock is put back over such a moment, it is undone too: a server may start with a clock that runs ahead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import short_waits
from doorsync.hub.sync.holdings.refresh import refresh_holdings
from doorsync.hub.sync.models import ValidityChange
from doorsync.hub.sync.run.automatic_runs import catch_up, send_what_waits, start_removal_run
from doorsync.hub.terminals.connectivity import note_silence
from doorsync.hub.terminals.hub_epoch import sure_epoch

EVERY = 5.0  # seconds
SWEEP = 30.0  # seconds between looks at what waits although it should have gone out
LEASE = timedelta(seconds=60)  # a process that dies with a claim in its hands holds nobody up longer
TURN = 0.5  # seconds that the clock waits for one company: others are due too, and it comes round again
AT_ONCE = 500
LATE = "The changes that were due had to be put off."

_swept = {"at": 0.0}
_turned = {"at": time.monotonic()}  # when the clock of this process last went round


def apply_due_changes(now: datetime | None = None, busy: set[int] | None = None) -> int:
    """Refresh whoever is due; returns how many were looked at. Several processes may do this at once: each row is claimed by one.

    A company or person for whom it fails is tried again when the lease is over, and holds nobody else up. Nor does a company
    that somebody else changes for long: it is added to `busy`, is left out from then on, and stays due.
    """
    now, busy = now or timezone.now(), set() if busy is None else busy
    claimed: dict[int, list[ValidityChange]] = {}
    for due in (
        ValidityChange.objects.filter(Q(at__lte=now) | Q(since__gt=now)).exclude(company_id__in=busy).order_by("at")[:AT_ONCE]
    ):
        if ValidityChange.objects.filter(pk=due.pk, at=due.at, since=due.since).update(at=now + LEASE, since=now, claimed=True):
            claimed.setdefault(due.company_id, []).append(due)
    for company in Company.objects.filter(pk__in=claimed):
        with short_waits(TURN):
            if not _work_off(company, [due.user_id for due in claimed[company.pk]], now):
                busy.add(company.pk)
                _give_back(claimed[company.pk], now)
    return sum(map(len, claimed.values()))


def _work_off(company: Company, users: Sequence[int], now: datetime) -> bool:
    """Apply what is due, one by one where it fails for all. False: the company's turn did not come."""
    try:
        if not _apply(company, users, now) and len(users) > 1:
            for user in users:
                _apply(company, [user], now)
    except CompanyBusy:
        return False
    return True


def _give_back(claimed: Sequence[ValidityChange], now: datetime) -> None:
    """They are due as before, and whoever asks is told so; the next time round comes to them."""
    for due in claimed:
        ValidityChange.objects.filter(pk=due.pk, at=now + LEASE, since=now).update(at=due.at, since=due.since, claimed=False)


def _apply(company: Company, users: Sequence[int], now: datetime) -> bool:
    """Raises CompanyBusy."""
    with isolated(LATE, CompanyBusy, company=company.slug), scope(company=company), transaction.atomic():
        refresh_holdings(company, users, now=now, due=True)
        start_removal_run(company, Actor(company_id=company.pk))  # nobody need press for an expiry either
        return True
    return False


def run_scheduler(stop: threading.Event) -> None:
    """Tick every few seconds until told to stop, whatever fails."""
    while not stop.wait(EVERY):
        with isolated("The clock could not see whether the database was replaced."):
            sure_epoch()
        with isolated("The clock could not look at what is due."):
            busy: set[int] = set()
            while apply_due_changes(busy=busy) == AT_ONCE:
                pass
        with isolated("The clock could not look at what is to be tried again."), short_waits(TURN):
            catch_up(timezone.now())
        with isolated("The clock could not look at what waits."):
            if time.monotonic() - _swept["at"] >= SWEEP:
                _swept["at"] = time.monotonic()
                with short_waits(TURN):
                    send_what_waits(timezone.now())
        with isolated("The clock could not look at who is silent."):
            note_silence(timezone.now())
        with isolated("The clock could not give its database connection back."):
            close_old_connections()
        _turned["at"] = time.monotonic()


def seconds_since_last_round() -> float:
    """How long ago the clock of this process last went round: much more than `EVERY` means that it stands still."""
    return time.monotonic() - _turned["at"]
