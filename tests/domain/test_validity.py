from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.validity import WALL, end_instant, start_instant

ZONES = [
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
]
walls = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1)).map(lambda moment: moment.strftime(WALL))  # noqa: DTZ001 - wall clock


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "start", "end"),
    [
        ("2026-07-01T18:00", "Europe/Amsterdam", "2026-07-01T16:00", "2026-07-01T16:00"),
        ("2026-12-31T18:00", "Europe/Amsterdam", "2026-12-31T17:00", "2026-12-31T17:00"),
        # The clock shows 02:30 twice: access starts the second time and ends the first time.
        ("2026-10-25T02:30", "Europe/Amsterdam", "2026-10-25T01:30", "2026-10-25T00:30"),
        # The clock never shows 02:30: both mean the moment at which it skips.
        ("2026-03-29T02:30", "Europe/Amsterdam", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("2026-03-29T02:00", "Europe/Amsterdam", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("2026-03-29T01:59", "Europe/Amsterdam", "2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T03:00", "Europe/Amsterdam", "2026-03-29T01:00", "2026-03-29T01:00"),
        # Half an hour only, and a day that never was.
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30", "2026-10-03T15:30"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
)
def test_moments_follow_the_clock_of_the_location(wall: str, zone: str, start: str, end: str) -> None:
    assert start_instant(wall, ZoneInfo(zone)) == instant(start)
    assert end_instant(wall, ZoneInfo(zone)) == instant(end)


@given(wall=walls, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_access_never_ends_later_than_it_would_start(wall: str, zone: ZoneInfo) -> None:
    assert end_instant(wall, zone) <= start_instant(wall, zone)


@given(wall=walls, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_the_clock_shows_the_wall_time_at_its_moment_or_skips_it_there(wall: str, zone: ZoneInfo) -> None:
    for moment in (start_instant(wall, zone), end_instant(wall, zone)):
        after = moment.astimezone(zone).strftime(WALL)
        before = (moment - timedelta(minutes=1)).astimezone(zone).strftime(WALL)
        assert after == wall or before < wall < after


@given(wall=walls, later=st.timedeltas(timedelta(0), timedelta(days=2)), zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_a_later_wall_time_never_starts_earlier(wall: str, later: timedelta, zone: ZoneInfo) -> None:
    second = (datetime.fromisoformat(wall) + later).strftime(WALL)
    assert start_instant(wall, zone) <= start_instant(second, zone)
    assert end_instant(wall, zone) <= end_instant(second, zone)
