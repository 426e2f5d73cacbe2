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
from doorsync.hub.companies.apart import apart
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings import refresh
from doorsync.hub.sync.models import Due
from doorsync.hub.sync.unprompted import catch_up, remove_at_once, send_what_waits
from doorsync.hub.terminals.epoch import sure_epoch
from doorsync.hub.terminals.silence import note_silence

EVERY = 5.0  # seconds
SWEEP = 30.0  # seconds between looks at what waits although it should have gone out
LEASE = timedelta(seconds=60)  # a process that dies with a claim in its hands holds nobody up longer
AT_ONCE = 500
LATE = "The changes that were due had to be put off."

_swept = {"at": 0.0}
_turned = {"at": time.monotonic()}  # when the clock of this process last went round


def tick(now: datetime | None = None) -> int:
    """Refresh whoever is due; returns how many. Several processes may do this at once: each row is claimed by one.

    A company or person for whom it fails is tried again when the lease is over, and holds nobody else up.
    """
    now = now or timezone.now()
    claimed: dict[int, list[int]] = {}
    for due in Due.objects.filter(Q(at__lte=now) | Q(since__gt=now)).order_by("at")[:AT_ONCE]:
        if Due.objects.filter(pk=due.pk, at=due.at, since=due.since).update(at=now + LEASE, since=now):
            claimed.setdefault(due.company_id, []).append(due.user_id)
    for company in Company.objects.filter(pk__in=claimed):
        users = claimed[company.pk]
        if not _apply(company, users, now) and len(users) > 1:
            for user in users:
                _apply(company, [user], now)
    return sum(map(len, claimed.values()))


def _apply(company: Company, users: Sequence[int], now: datetime) -> bool:
    with apart(LATE, company=company.slug), scope(company=company), transaction.atomic():
        refresh(company, users, now=now, due=True)
        remove_at_once(company, Actor(company_id=company.pk))  # nobody need press for an expiry either
        return True
    return False


def keep_ticking(stop: threading.Event) -> None:
    """Tick every few seconds until told to stop, whatever fails."""
    while not stop.wait(EVERY):
        with apart("The clock could not see whether the database was replaced."):
            sure_epoch()
        with apart("The clock could not look at what is due."):
            while tick() == AT_ONCE:
                pass
        with apart("The clock could not look at what is to be tried again."):
            catch_up(timezone.now())
        with apart("The clock could not look at what waits."):
            if time.monotonic() - _swept["at"] >= SWEEP:
                _swept["at"] = time.monotonic()
                send_what_waits(timezone.now())
        with apart("The clock could not look at who is silent."):
            note_silence(timezone.now())
        with apart("The clock could not give its database connection back."):
            close_old_connections()
        _turned["at"] = time.monotonic()


def seconds_since_last_turn() -> float:
    """How long ago the clock of this process last went round: much more than `EVERY` means that it stands still."""
    return time.monotonic() - _turned["at"]
