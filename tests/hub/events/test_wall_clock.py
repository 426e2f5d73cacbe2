from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from doorsync.hub.events.wall_clock import instants_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def told(text: str, zone: str = "Europe/Amsterdam") -> list[str]:
    found = instants_of(datetime.fromisoformat(text), ZoneInfo(zone))
    return [f"{each.astimezone(UTC):%d %H:%M:%S}" for each in (found.first, found.set_back, found.last)]


@pytest.mark.parametrize(
    ("wall", "first", "set_back", "last"),
    [
        ("2026-07-01 12:00", "01 10:00:00", "01 10:00:00", "01 10:00:00"),
        ("2026-10-25 01:59:59", "24 23:59:59", "24 23:59:59", "24 23:59:59"),
        ("2026-10-25 02:00", "25 00:00:00", "25 01:00:00", "25 01:00:00"),
        ("2026-10-25 02:30", "25 00:30:00", "25 01:00:00", "25 01:30:00"),
        ("2026-10-25 02:59:59.5", "25 00:59:59", "25 01:00:00", "25 01:59:59"),
        ("2026-10-25 03:00", "25 02:00:00", "25 02:00:00", "25 02:00:00"),
        ("2026-03-29 01:59:59", "29 00:59:59", "29 00:59:59", "29 00:59:59"),
        ("2026-03-29 02:00", "29 01:00:00", "29 01:00:00", "29 01:00:00"),
        ("2026-03-29 02:30", "29 01:00:00", "29 01:00:00", "29 01:00:00"),
        ("2026-03-29 03:00", "29 01:00:00", "29 01:00:00", "29 01:00:00"),
        ("2026-10-25T02:30:00+01:00", "25 01:30:00", "25 01:30:00", "25 01:30:00"),
    ],
)
def test_instants_of_a_time_in_the_nights_of_changed_clocks(wall: str, first: str, set_back: str, last: str) -> None:
    assert told(wall) == [first, set_back, last]


def test_instants_of_a_day_that_is_skipped_are_its_end() -> None:
    assert told("2011-12-30 12:00", "Pacific/Apia") == ["30 10:00:00"] * 3


@pytest.mark.parametrize("wall", [datetime.min, datetime.max])  # noqa: DTZ901 - a clock on a wall
def test_instants_at_the_ends_of_the_calendar_are_there(wall: datetime) -> None:
    for zone in ("Europe/Amsterdam", "America/New_York"):
        assert instants_of(wall, ZoneInfo(zone)).first.tzinfo is UTC
