from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.domain.door_events import EventCode
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import EventFilter, event_choices, events_of_person, local_time
from tests.factories import world
from tests.hub.events.logs import NOON, Site, event, site

pytestmark = pytest.mark.django_db


def wall(text: str) -> datetime:
    """What a clock on a wall shows."""
    return datetime.fromisoformat(text)


def found(here: Site, **limits: Any) -> list[int]:
    with scope(company=here.company):
        return sorted(each.number for each in EventFilter(**limits).apply())


@pytest.fixture
def here() -> Site:
    here = site()
    world.user(here.company, number=7)
    here.take(event(1, "7"), event(2, at=NOON + timedelta(hours=1), code=EventCode.DENIED, reason="unknown", card="9"))
    return here


def test_times_are_those_of_each_events_own_location(here: Site) -> None:
    """12:00 in Amsterdam, and 12:00 in New York six hours later."""
    york = world.location(here.company, "York", "America/New_York")
    there = world.terminal(york, here.agent, "York gate", serial="S2", pinned_at=NOON - timedelta(days=1))
    late = NOON + timedelta(hours=6)
    noon = "2026-07-01T12:00:00"
    here.take(event(1, at=late, wall=noon, clock=noon), terminal=there, serial="S2")
    assert found(here, first=wall("2026-07-01T12:00"), before=wall("2026-07-01T12:00:01")) == [1, 3]
    with scope(company=here.company):
        assert {local_time(each).hour for each in AccessEvent.objects.exclude(number=2)} == {12}


def test_the_hour_that_a_clock_shows_twice_is_found_whole() -> None:
    here = site(pinned_at=NOON - timedelta(days=1))
    first = datetime.fromisoformat("2026-10-25T00:30:00+00:00")
    for position, at in ((1, first), (2, first + timedelta(hours=1))):
        here.take(event(position, at=at, wall="2026-10-25T02:30:00", clock=""))
    assert found(here, first=wall("2026-10-25T02:00"), before=wall("2026-10-25T03:00")) == [1, 2]


def of_a_night(*moments: str) -> Site:
    """An event at each of these times of UTC."""
    here = site(pinned_at=NOON - timedelta(days=365))
    for position, moment in enumerate(moments, 1):
        at = datetime.fromisoformat(f"{moment}+00:00")
        shown = at.astimezone(ZoneInfo("Europe/Amsterdam")).replace(tzinfo=None).isoformat()
        here.take(event(position, at=at, wall=shown, clock=""))
    return here


@pytest.mark.parametrize(
    ("first", "before", "numbers"),
    [
        ("01:00", "02:00", [1]),
        ("02:00", "02:30", [2, 4]),
        ("02:30", "03:00", [3, 5]),
        ("01:00", "02:30", [1, 2, 4]),
        ("02:30", "04:00", [3, 5, 6]),
        ("02:15", "02:45", [2, 4]),
        ("03:00", "04:00", [6]),
        ("01:00", "04:00", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_each_time_of_an_hour_that_is_shown_twice_is_found_by_itself(first: str, before: str, numbers: list[int]) -> None:
    """What a program fetches in pieces comes once."""
    times = ("24T23:30", "25T00:15", "25T00:45", "25T01:15", "25T01:45", "25T02:15")
    here = of_a_night(*(f"2026-10-{each}" for each in times))

    assert found(here, first=wall(f"2026-10-25T{first}"), before=wall(f"2026-10-25T{before}")) == numbers


@pytest.mark.parametrize(
    ("first", "before", "numbers"),
    [("01:00", "02:00", [1, 2]), ("01:45", "02:30", [2]), ("02:00", "03:00", []), ("02:30", "04:00", [3, 4])],
)
def test_nothing_is_missed_around_an_hour_that_a_clock_skips(first: str, before: str, numbers: list[int]) -> None:
    here = of_a_night(*(f"2026-03-29T{each}" for each in ("00:15", "00:45", "01:15", "01:45")))

    assert found(here, first=wall(f"2026-03-29T{first}"), before=wall(f"2026-03-29T{before}")) == numbers


def test_a_time_with_its_zone_is_that_moment_wherever_it_is(here: Site) -> None:
    york = world.location(here.company, "York", "America/New_York")
    world.terminal(york, here.agent, "York gate", serial="S2")
    assert found(here, first=wall("2026-07-01T05:30:00-05:00"), before=wall("2026-07-01T10:30:00Z")) == []
    assert found(here, first=wall("2026-07-01T05:00:00-05:00"), before=wall("2026-07-01T10:30:00Z")) == [1]


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [
        ({"codes": ["denied"]}, [2]),
        ({"reasons": ["unknown"]}, [2]),
        ({"reasons": ["expired"]}, []),
        ({"user_numbers": [7]}, [1]),
        ({"user_numbers": []}, []),
        ({"locations": []}, []),
        ({"terminals": [0]}, []),
        ({"first": wall("0001-01-01")}, [1, 2]),
        ({"before": wall("9999-12-31")}, [1, 2]),
    ],
)
def test_each_limit_counts(here: Site, limits: dict[str, Any], numbers: list[int]) -> None:
    assert found(here, **limits) == numbers


def test_the_last_events_of_a_person_are_theirs_alone_and_the_newest_first(here: Site) -> None:
    here.take(event(3, "7", at=NOON + timedelta(hours=2)))
    other = site(world.other_company())
    other.take(event(1, "7"))
    with scope(company=here.company), CaptureQueriesContext(connection) as asked:
        assert [each.number for each in events_of_person(7)] == [3, 1]
        assert [each.number for each in events_of_person(7, most=1)] == [3]
        assert events_of_person(7, locations=[]) == []
    assert len(asked) <= 3


def test_a_company_that_chose_nothing_keeps_events_for_ever_and_nothing_is_written() -> None:
    company = world.company()
    with scope(company=company):
        assert event_choices().keep_months == 0
        assert event_choices().pk is None
