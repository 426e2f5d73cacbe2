from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.esws.users.moments import LAST_DAY, agreed_start, said_expiry, said_start, wall_clock
from doorsync.hub.users.errors import BadFields
from tests.factories import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)  # still the 26th in New York
TODAY = "2026-11-26T00:00"
NO_DATE = (
    "0000-00-00",
    "0000-00-00 00:00:00",
    "00-00-0000",
    "0001-01-01",
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "-",
)
NOT_UNDERSTOOD = (
    "31-12-2026",
    "12/31/2026",
    "2026/12/31",
    "2026.12.31",
    "20261231",
    "31 December 2026",
    "2026-2-3",
    "2026-13-01",
    "2026-02-30",
    "2026-02-30 10:00",
    "46387",
    "77",
    "3000-01-01",
    "9999-99-99",
    "soon",
    "null",
    "\uff12\uff10\uff12\uff16-12-31x",
)
NO_TIME_BEHIND = (
    "2026-12-31 25:00",
    "2026-12-31 12",
    "2026-12-31 noon",
    "2026-12-31 13:00 PM",
    "2026-12-31 06:00 PM CET",
    "2026-12-31x",
)


@pytest.fixture(autouse=True)
def _now() -> object:  # a company with two clocks
    company = world.company()
    world.location(company, "North", "Europe/Amsterdam")
    world.location(company, "South", "America/New_York")
    with scope(company=company), time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("text", "start", "expiry"),
    [
        ("2027-01-02", "2027-01-02T00:00", "2027-01-02T23:59"),
        ("2027-01-02 08:30", "2027-01-02T08:30", "2027-01-02T08:30"),
        ("2027-01-02 08:30:59", "2027-01-02T08:30", "2027-01-02T08:30"),
        ("2027-01-02T08:30:00", "2027-01-02T08:30", "2027-01-02T08:30"),
        (" 2027-01-02 ", "2027-01-02T00:00", "2027-01-02T23:59"),
    ],
)
def test_moments_are_taken_in_the_three_forms(text: str, start: str, expiry: str) -> None:
    assert (said_start(text, None), said_expiry(text, None)) == (start, expiry)


@pytest.mark.requirement("D-04", mutation="ZONED left out of _moment(): access until 2030 for whoever a .NET program added")
@pytest.mark.parametrize(
    ("text", "start", "expiry"),
    [
        ("2027-01-02T08:30:00.0000000", "2027-01-02T08:30", "2027-01-02T08:30"),
        ("2027-01-02T08:30:00.123Z", "2027-01-02T09:30", "2027-01-02T03:30"),
        ("2027-01-02T08:30:00+01:00", "2027-01-02T08:30", "2027-01-02T02:30"),
        ("2027-01-02 08:30 -0500", "2027-01-02T14:30", "2027-01-02T08:30"),
        ("2027-01-02+01:00", "2027-01-02T00:00", "2027-01-02T17:59"),
    ],
)
def test_a_time_zone_is_taken_to_the_clocks_at_the_doors_where_they_differ_with_less_access(
    text: str, start: str, expiry: str
) -> None:
    assert (said_start(text, None), said_expiry(text, None)) == (start, expiry)


@pytest.mark.requirement("D-04", mutation="DAY_AND_MORE never matches: access until 2030 for whoever should leave at 06:00 PM")
def test_a_12_hour_clock_is_taken() -> None:
    assert (
        said_expiry("2026-12-31 06:00 PM", None) == said_expiry("2026-12-31 6:00 p.m.", "2027-01-01T00:00") == "2026-12-31T18:00"
    )
    assert said_start("2026-12-31 12:15 AM", None) == "2026-12-31T00:15"


@pytest.mark.requirement("D-04", mutation="_moment_in_another_form returns '' instead of BadFields")
@pytest.mark.parametrize("text", [*NO_TIME_BEHIND, "2027-01-02T08:30:00+99:00"])
@pytest.mark.parametrize("kept", [None, "2027-01-01T00:00"])
def test_a_day_followed_by_what_is_no_time_is_refused(text: str, kept: str | None) -> None:
    with pytest.raises(BadFields, match="time"):
        said_start(text, kept)
    with pytest.raises(BadFields) as refused:
        said_expiry(text, kept)
    assert list(refused.value.faults) == ["expires"]
    assert text not in str(refused.value)


@pytest.mark.requirement("D-04", mutation="_moment() answering '' for what is no date: access until 2030")
@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
@pytest.mark.parametrize("kept", [None, "2027-01-01T00:00"])
def test_a_date_that_is_not_understood_is_refused(text: str, kept: str | None) -> None:
    for field, said in (("starts", said_start), ("expires", said_expiry)):
        with pytest.raises(BadFields) as refused:
            said(text, kept)
        assert list(refused.value.faults) == [field]
        assert text not in str(refused.value)


def test_days_beyond_those_that_are_kept_say_no_more_than_they_mean() -> None:
    for long_ago in ("1969-12-31", "1900-01-01 00:00:00"):
        assert said_start(long_ago, None) == TODAY
        assert said_start(long_ago, "2020-01-01T00:00") is None
        assert said_start(long_ago, "2027-01-01T00:00") == TODAY
        with pytest.raises(BadFields):
            said_expiry(long_ago, None)
    for without_end in ("9999-12-31", "9999-12-31T23:59:59.9999999Z"):
        assert said_expiry(without_end, None) == said_expiry(without_end, "2026-12-31T23:59") == LAST_DAY
        with pytest.raises(BadFields):
            said_start(without_end, None)


@pytest.mark.parametrize("text", [None, "", " ", *NO_DATE])
def test_moments_of_a_new_user_have_the_documented_defaults(text: str | None) -> None:
    assert (said_start(text, None), said_expiry(text, None)) == (TODAY, LAST_DAY)


@pytest.mark.requirement("D-04", mutation="said_expiry returns LAST_DAY for 0000-00-00 of a known user")
@pytest.mark.parametrize("text", [None, *NO_DATE])
def test_moments_of_a_known_user_stay_when_no_date_is_said(text: str | None) -> None:
    assert (said_start(text, "2026-01-01T00:00"), said_expiry(text, "2026-12-31T23:59")) == (None, None)


def test_moments_of_a_known_user_have_the_defaults_when_they_are_emptied() -> None:
    assert said_start("", "2027-01-01T00:00") == TODAY
    assert said_expiry("", "2026-12-31T23:59") == LAST_DAY


@pytest.mark.parametrize("kept", ["", "2020-01-01T00:00", TODAY])
def test_a_start_that_lies_behind_stays_when_it_is_emptied(kept: str) -> None:
    assert said_start("", kept) is None


def test_a_start_gives_way_to_an_expiry_that_is_over() -> None:
    assert agreed_start(TODAY, "2026-11-25T23:59") == ""
    assert agreed_start(TODAY, "2026-11-27T00:00") == TODAY
    assert agreed_start("2027-02-01T00:00", "2027-01-01T00:00") == "2027-02-01T00:00"
    assert agreed_start("2020-01-01T00:00", "2020-06-01T00:00") == "2020-01-01T00:00"


def test_wall_clock_is_that_of_the_clock_furthest_behind() -> None:
    assert wall_clock() == "2026-11-26T22:00"
    with scope(company=world.other_company()):
        assert wall_clock() == "2026-11-27T03:00"


@pytest.mark.requirement("D-04", mutation="characters that nobody sees turn the last day into its first minute")
@pytest.mark.parametrize(
    "text", ["\ufeff2026-12-31", "2026-12-31\u200b", "\u200e2026-12-31", "\n 2026-12-31\n", "2026-12-31\u00a0"]
)
def test_a_day_with_something_invisible_is_that_day(text: str) -> None:
    assert said_expiry(text, None) == "2026-12-31T23:59"
