"""Works off refreshes that were put off: a chunk of one company in a transaction, then one of the next, until none is left.

A chunk and its progress are one transaction, so a kill loses and doubles nothing; several processes may do this at once. When
all users of a change are refreshed, what goes out by itself is sent, in the name of who made the change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import OperationalError, close_old_connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company, short_waits
from doorsync.hub.sync import crash_points
from doorsync.hub.sync.holdings.pending_refreshes import at_once, refresh_waiting
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings, refresh_users_at
from doorsync.hub.sync.models import PendingRefresh, PendingRefreshUser
from doorsync.hub.sync.models.pending_refreshes import EVERYWHERE
from doorsync.hub.sync.run.automatic_runs import start_removal_run

EVERY = 5.0  # seconds between two looks for what another process has put off
TURN = 0.5  # seconds to wait for the lock of one company
REST = 0.5  # of the time that a chunk took: others want to write too
AGAIN = timedelta(minutes=1)  # after which users for whom it failed are tried again
FAILED = "Users could not be refreshed."


class Chunk(NamedTuple):
    """Users to refresh, and the terminal; EVERYWHERE stands for all."""

    terminal_id: int
    users: Sequence[int]


def run_refresh_worker(stop: threading.Event) -> None:
    """Work off what was put off, as soon as there is something, until told to stop."""
    while not stop.is_set():
        refresh_waiting.wait(EVERY)
        refresh_waiting.clear()
        with isolated("The worker could not refresh what was put off."):
            for took in refreshed_chunks():
                if stop.wait(REST * took):
                    break
        with isolated("The worker could not return its database connection."):
            close_old_connections()


def refreshed_chunks() -> Iterator[float]:
    """Work off a chunk of each company in turn until none has any left; yields how many seconds each took."""
    left = _companies()
    while left:
        for company in list(left):
            began = time.monotonic()
            if not _work_off(company):
                left.remove(company)
            yield time.monotonic() - began


def _companies() -> list[Company]:
    with scopes_disabled():
        return list(Company.objects.filter(pk__in=PendingRefresh.objects.values("company_id")).order_by("pk"))


def _work_off(company: Company) -> bool:
    """One chunk, or the end of a change; False when nothing is left to do now, or the company's lock was not free in time."""
    with scope(company=company), short_waits(TURN):
        try:
            return any(_goes_on(company, each) for each in PendingRefresh.objects.order_by("pk"))
        except (CompanyBusy, OperationalError):
            return False


def _goes_on(company: Company, change: PendingRefresh) -> bool:
    """Refresh this change's next users, or finish it. False: only users are left for whom it failed a moment ago."""
    chunk = _next(change)
    if not chunk.users:
        return _finish(company, change)
    if _refresh(company, chunk):
        crash_points.point("hub.chunk-stored")
    else:
        for user in chunk.users:
            _refresh_one(company, Chunk(chunk.terminal_id, [user]))
    return True


def _waiting(change: PendingRefresh) -> QuerySet[PendingRefreshUser]:
    tried = Q(failed_at__isnull=True) | Q(failed_at__lt=timezone.now() - AGAIN)
    return change.users.filter(tried, refreshed=False).order_by("terminal_id", "user_id")


def _next(change: PendingRefresh) -> Chunk:
    first = _waiting(change).first()
    if first is None:
        return Chunk(EVERYWHERE, [])
    users = _waiting(change).filter(terminal_id=first.terminal_id).values_list("user_id", flat=True)
    return Chunk(first.terminal_id, list(users[: at_once(first.terminal_id)]))


def _refresh(company: Company, chunk: Chunk) -> bool:
    """Refresh these users. False: it failed, and was logged."""
    with isolated(FAILED, CompanyBusy, OperationalError, company=company.slug), transaction.atomic():
        lock_company(company)
        if chunk.terminal_id == EVERYWHERE:
            refresh_holdings(company, chunk.users)
        else:
            refresh_users_at(company, chunk.terminal_id, chunk.users)
        _rows(chunk).update(refreshed=True)
        crash_points.point("hub.chunk-refreshed")
        return True
    return False


def _refresh_one(company: Company, chunk: Chunk) -> None:
    """The same for a single user. If it fails, they are tried again later, and nothing is sent about them before."""
    if not _refresh(company, chunk):
        _rows(chunk).update(failed_at=timezone.now())


def _rows(chunk: Chunk) -> QuerySet[PendingRefreshUser]:
    return PendingRefreshUser.objects.filter(terminal_id=chunk.terminal_id, user_id__in=chunk.users)


def _finish(company: Company, change: PendingRefresh) -> bool:
    """Release the change's users, and send what goes out by itself. Users for whom it failed stay behind with the change."""
    with transaction.atomic():
        lock_company(company)
        if _waiting(change).exists():
            return True
        done, _ = change.users.filter(refreshed=True).delete()
        left = change.users.exists()
        if left and not done:
            return False
        if not left:
            change.delete()
        actor = Actor(company_id=company.pk, administrator_id=change.administrator_id, via=change.via, reference=change.reference)
        start_removal_run(company, actor)
    return True
