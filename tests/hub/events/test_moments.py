from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorsync.hub.events.moments import instant, seconds_ahead

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "ahead", "at"),
    [
        ("2026-07-01T09:00:00", None, "2026-07-01T07:00:00"),
        ("2026-07-01T09:00:00", 60, "2026-07-01T07:00:00"),
        ("2026-07-01T09:00:00", 3600, "2026-07-01T06:00:00"),
        ("2026-07-01T09:00:00", -3600, "2026-07-01T08:00:00"),
    ],
)
def test_the_clock_is_of_the_location_and_put_right_where_it_is_wrong(wall: str, ahead: int | None, at: str) -> None:
    assert instant(wall, AMSTERDAM, ahead, None) == utc(at)


def test_of_a_time_that_the_clock_shows_twice_the_order_of_the_entries_decides() -> None:
    wall = "2026-10-25T02:10:00"
    assert instant(wall, AMSTERDAM, None, None) == utc("2026-10-25T00:10:00")
    assert instant(wall, AMSTERDAM, None, utc("2026-10-25T00:50:00")) == utc("2026-10-25T01:10:00")
    assert instant(wall, AMSTERDAM, None, utc("2026-10-25T03:50:00")) == utc("2026-10-25T00:10:00")  # its clock was put back


@pytest.mark.parametrize("wall", ["2026-02-30T09:00:00", "0000-00-00T00:00:00", ""])
def test_a_clock_that_shows_no_time_gives_no_moment(wall: str) -> None:
    assert instant(wall, AMSTERDAM, None, None) is None


def test_an_instant_beyond_the_calendar_is_none() -> None:
    assert instant("0001-01-01T00:00:00", AMSTERDAM, 3600, None) is None


def test_how_far_a_clock_is_ahead_goes_by_the_time_of_its_location() -> None:
    assert seconds_ahead("2026-07-01T09:00:30", "2026-07-01T07:00:00", AMSTERDAM) == 30
    assert seconds_ahead("2026-07-01T07:00:00", "2026-07-01T07:00:00", AMSTERDAM) == -7200
    assert seconds_ahead("", "2026-07-01T07:00:00", AMSTERDAM) is None
