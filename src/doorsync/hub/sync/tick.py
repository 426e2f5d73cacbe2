"""Time's own changes: a start or an expiry takes effect at its moment, without anybody's write.

When the clock is put back over such a moment, it is undone too: a server may start with a clock that runs ahead.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings import refresh
from doorsync.hub.sync.models import Due
from doorsync.hub.sync.unprompted import catch_up, remove_at_once
from doorsync.hub.terminals.silence import note_silence

EVERY = 5.0  # seconds
LEASE = timedelta(seconds=60)  # a process that dies with a claim in its hands holds nobody up longer
AT_ONCE = 500

log = structlog.get_logger()


def tick(now: datetime | None = None) -> int:
    """Refresh whoever is due; returns how many. Several processes may do this at once: each row is claimed by one."""
    now = now or timezone.now()
    claimed: dict[int, list[int]] = {}
    for due in Due.objects.filter(Q(at__lte=now) | Q(since__gt=now)).order_by("at")[:AT_ONCE]:
        if Due.objects.filter(pk=due.pk, at=due.at, since=due.since).update(at=now + LEASE, since=None):
            claimed.setdefault(due.company_id, []).append(due.user_id)
    for company in Company.objects.filter(pk__in=claimed):
        with scope(company=company), transaction.atomic():
            refresh(company, claimed[company.pk], now=now)
            remove_at_once(company, Actor(company_id=company.pk))  # nobody need press for an expiry either
    return sum(map(len, claimed.values()))


def keep_ticking(stop: threading.Event) -> None:
    """Tick every few seconds until told to stop. A database that is away for a moment is no reason to end."""
    while not stop.wait(EVERY):
        try:
            while tick() == AT_ONCE:
                pass
            catch_up(timezone.now())
            note_silence(timezone.now())
        except DatabaseError as error:
            log.warning("The clock's changes have to wait: the database did not answer.", error=type(error).__name__)
        finally:
            close_old_connections()
