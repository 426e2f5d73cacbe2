from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.events import retention
from doorsync.hub.events.actions import change_event_settings
from doorsync.hub.events.retention import expire_events, keep_since
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence, Revocation
from tests.factories import world
from tests.hub.events.logs import NOON, Site, event, site

LATER = NOON + timedelta(days=100)


def keep(here: Site, months: int) -> None:
    with scope(company=here.company):
        change_event_settings(
            company=here.company,
            keep_months=months,
            terminal_names=False,
            clear_terminals=False,
            actor=Actor(company_id=here.company.pk),
        )


def count_deleted(here: Site) -> list[int]:
    with scope(company=here.company):
        return [entry.subject["count"] for entry in Entry.objects.filter(event="events.expired").order_by("number")]


@pytest.mark.django_db
def test_events_are_kept_as_long_as_the_company_says_and_the_deletion_is_audited() -> None:
    here, there = site(), site(world.other_company())
    for each in (here, there):
        each.take(event(1), event(2, at=NOON + timedelta(days=50)))
    keep(here, 3)
    assert expire_events(NOON + timedelta(days=91)) == 0
    assert expire_events(LATER) == 1
    assert (here.positions(), count_deleted(here)) == ([2], [1])
    assert there.positions() == [1, 2]  # for ever


@pytest.mark.django_db
@pytest.mark.requirement("P-01", mutation="expire_revocations not called: names of leavers stay for ever")
def test_revocations_are_kept_as_long_as_events() -> None:
    here = site()
    with scope(company=here.company):
        for number, at in ((7, NOON), (8, NOON + timedelta(days=50))):
            note_revocations(here.terminal, [Removed(number=number, name="Gone", since=None)], Evidence.REMOVED, at)
    keep(here, 3)
    expire_events(LATER)
    with scope(company=here.company):
        assert list(Revocation.objects.values_list("user_number", flat=True)) == [8]
        assert Entry.objects.get(event="revocations.expired").subject == {"count": 1}


@pytest.mark.django_db
def test_a_company_that_was_deactivated_keeps_its_events_no_longer_than_it_said() -> None:
    here = site()
    here.take(event(1))
    keep(here, 3)
    type(here.company).objects.filter(pk=here.company.pk).update(active=False)

    assert expire_events(LATER) == 1
    assert (here.positions(), count_deleted(here)) == ([], [1])


@pytest.mark.django_db
def test_what_was_deleted_does_not_come_back_with_the_same_message() -> None:
    here = site()
    here.take(event(1), event(2))
    keep(here, 3)
    expire_events(LATER)
    assert here.take(event(1), event(2)).have == 2
    assert here.positions() == []


@pytest.mark.django_db
def test_each_company_has_its_turn_once_an_hour_and_at_once_where_more_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    here = site()
    here.take(*(event(number) for number in range(1, 6)))
    keep(here, 3)
    assert [expire_events(LATER), expire_events(LATER), expire_events(LATER)] == [2, 2, 1]
    here.take(event(6))
    assert expire_events(LATER + timedelta(minutes=59)) == 0
    assert expire_events(LATER + timedelta(minutes=60)) == 1
    assert count_deleted(here) == [2, 2, 1, 1]


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [
        ("2026-05-31", 3, "2026-02-28"),
        ("2026-02-10", 3, "2025-11-10"),
        ("2028-02-29", 12, "2027-02-28"),
        ("2026-12-01", 24, "2024-12-01"),
    ],
)
def test_months_are_those_of_the_calendar(now: str, months: int, since: str) -> None:
    assert keep_since(months, datetime.fromisoformat(now).replace(tzinfo=UTC)).date().isoformat() == since
