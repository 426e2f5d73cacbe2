"""Apply starts and expiries when they are due, and try again what is due to be tried.

When the server's clock is set back past a start or expiry, it is undone: a server may start with a clock that runs ahead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators.tokens import delete_expired_tokens
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import short_waits
from doorsync.hub.events.retention import expire_events
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.models import ValidityChange
from doorsync.hub.sync.run.automatic_runs import send_what_waits, start_removal_run
from doorsync.hub.sync.run.holiday_changes import apply_holidays
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.terminals.connectivity import note_silence
from doorsync.hub.terminals.door_modes import end_holds
from doorsync.hub.terminals.door_openings import close_openings
from doorsync.hub.terminals.hub_epoch import sure_epoch
from doorsync.hub.users.import_files import delete_expired_uploads
from doorsync.hub.users.temporary_credentials import end_temporary_credentials
from doorsync.hub.visitors.actions import end_visits

EVERY = 5.0  # seconds
SWEEP = 30.0  # seconds between searches for what should have been sent and was not
LEASE = timedelta(seconds=60)  # after which a claim of a process that died is free again
TURN = 0.5  # seconds to wait for the lock of one company; if that is too short, it is tried in the next round
AT_ONCE = 500
LATE = "The changes that were due had to be put off."

_swept = {"at": 0.0}
_turned = {"at": time.monotonic()}  # when the scheduler of this process last finished a round


def apply_due_changes(now: datetime | None = None, busy: set[int] | None = None) -> int:
    """Refresh the users who are due; returns how many. Several processes may call this at once: each row is claimed by one.

    Users for whom it fails are tried again when the lease has expired, and delay nobody else. A company whose lock is held by
    somebody else is added to `busy`, left out from then on, and stays due.
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
    """Apply what is due, user by user if it fails for all together. False: the company's lock was not free in time."""
    try:
        if not _apply(company, users, now) and len(users) > 1:
            for user in users:
                _apply(company, [user], now)
    except CompanyBusy:
        return False
    return True


def _give_back(claimed: Sequence[ValidityChange], now: datetime) -> None:
    """Release these claims, so that the changes are due again in the next round."""
    for due in claimed:
        ValidityChange.objects.filter(pk=due.pk, at=now + LEASE, since=now).update(at=due.at, since=due.since, claimed=False)


def _apply(company: Company, users: Sequence[int], now: datetime) -> bool:
    """Refresh these users and send removals. False: it failed, and was logged. Raises CompanyBusy."""
    with isolated(LATE, CompanyBusy, company=company.slug), scope(company=company), transaction.atomic():
        refresh_holdings(company, users, now=now, due=True, on_their_own=True)
        start_removal_run(company, Actor(company_id=company.pk))  # an expiry is sent automatically too
        return True
    return False


def run_scheduler(stop: threading.Event, also: Sequence[Callable[[datetime], object]] = ()) -> None:
    """Run a round every few seconds until told to stop, whatever fails. `also`: what rooms above have to do in each."""
    while not stop.wait(EVERY):
        with isolated("The scheduler could not check whether the database was replaced."):
            sure_epoch()
        with isolated("The scheduler could not apply what is due."):
            busy: set[int] = set()
            while apply_due_changes(busy=busy) == AT_ONCE:
                pass
        with isolated("The scheduler could not apply holidays."), short_waits(TURN):
            apply_holidays(timezone.now())
        with isolated("The scheduler could not end visits."), short_waits(TURN):
            end_visits(timezone.now())
        with isolated("The scheduler could not take back temporary credentials."), short_waits(TURN):
            end_temporary_credentials(timezone.now())
        with isolated("The scheduler could not try failed terminals again."), short_waits(TURN):
            retry_due(timezone.now())
        with isolated("The scheduler could not send what waits."):
            if time.monotonic() - _swept["at"] >= SWEEP:
                _swept["at"] = time.monotonic()
                with short_waits(TURN):
                    send_what_waits(timezone.now())
        with isolated("The scheduler could not look for silent agents."):
            note_silence(timezone.now())
        with isolated("The scheduler could not close requests to open doors."):
            close_openings(timezone.now())
        with isolated("The scheduler could not end holds of doors."), short_waits(TURN):
            end_holds(timezone.now())
        with isolated("The scheduler could not delete events that are too old."):
            expire_events(timezone.now())
        with isolated("The scheduler could not delete old sync tokens."):
            delete_expired_tokens(timezone.now())
        with isolated("The scheduler could not delete files of people that were not taken."):
            delete_expired_uploads(timezone.now())
        for work in also:
            with isolated("The scheduler could not do what another room has to do."), short_waits(TURN):
                work(timezone.now())
        with isolated("The scheduler could not return its database connection."):
            close_old_connections()
        _turned["at"] = time.monotonic()


def seconds_since_last_round() -> float:
    """How long ago the scheduler of this process last finished a round: much more than `EVERY` means that it hangs."""
    return time.monotonic() - _turned["at"]
