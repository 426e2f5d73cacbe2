"""One company that is changed for minutes delays nobody else's expiry, and loses nothing of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company, short_waits
from doorsync.hub.sync.models import Holding, Run, ValidityChange
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent
from tests.factories.gym import Gym, gym

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time, whatever the company"),
]


@contextmanager
def changed_for_long(company: Company) -> Iterator[None]:
    """Somebody else has the company's turn meanwhile."""
    has_it, over = threading.Event(), threading.Event()

    def change() -> None:
        try:
            with transaction.atomic():
                lock_company(company)
                has_it.set()
                over.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        assert has_it.wait(60)
        yield
    finally:
        over.set()
        thread.join()


def club_of(name: str, *, other: bool) -> Gym:
    made = gym(other=other)
    with scope(company=made.company):
        made.add(name, made.members, expires=(timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    return made


def wanted(name: str) -> bool:
    with scopes_disabled():
        return Holding.objects.filter(label=name, wanted__isnull=False).exists()


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=True)


@pytest.mark.requirement(
    "R-09",
    mutation="tick() without `_give_back`; or without `short_waits`, which ends this test after a minute",
)
def test_expiry_of_one_company_does_not_wait_for_another_that_is_changed_for_long() -> None:
    busy, other = club_of("Alice", other=False), club_of("Dora", other=True)
    with at(timezone.now() + timedelta(hours=12)):
        due_before = list(ValidityChange.objects.filter(company_id=busy.company.pk).values_list("at", "since"))
        skipped: set[int] = set()
        with changed_for_long(busy.company):
            apply_due_changes(busy=skipped)
            assert (wanted("Alice"), wanted("Dora")) == (True, False)
            assert skipped == {busy.company.pk}
            assert list(ValidityChange.objects.filter(company_id=busy.company.pk).values_list("at", "since")) == due_before
            assert apply_due_changes(busy=skipped) == 0
        apply_due_changes()
        assert not wanted("Alice")
    assert other.company.pk not in skipped


@pytest.mark.requirement(
    "I-06", mutation="lock_company() waiting without limit inside `short_waits`, which ends this test after a minute"
)
def test_what_waits_elsewhere_goes_out_while_a_company_is_changed_for_long() -> None:
    busy, other = gym(["Alice"]), gym(["Dora"], other=True)
    with scopes_disabled():
        Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
        Holding.objects.update(wanted=None, held=b"1" * 16, foreseen=True)  # whom no guard counts
    with changed_for_long(busy.company), short_waits(0.1):
        send_what_waits(timezone.now())
        assert other.company.pk in set(_companies_with_runs())
        assert busy.company.pk not in set(_companies_with_runs())


def _companies_with_runs() -> list[int]:
    with scopes_disabled():
        return list(Run.objects.values_list("company_id", flat=True))


def test_short_wait_ends_with_an_error_and_a_long_one_does_not_outlive_its_turn() -> None:
    club = gym()
    with short_waits(0.05), changed_for_long(club.company), pytest.raises(CompanyBusy), transaction.atomic():
        lock_company(club.company)
    with short_waits(0.05), transaction.atomic(), connection.cursor() as cursor:
        lock_company(club.company)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
