"""The drawing of a week: each stretch where it is, and the same hours as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.access.hours import Slot
from doorsync.hub.web.access.weeks import DAY, Bar, week_of


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def test_days_are_drawn_from_monday_on() -> None:
    week = week_of([["1", "08:00", "12:00"], ["1", "13:30", "18:00"], ["7", "00:00", "24:00"]])
    assert [day.bars for day in week] == [(Bar(480, 240), Bar(810, 270)), (), (), (), (), (), (Bar(0, DAY),)]
    assert week[0].hours == "08:00-12:00, 13:30-18:00"
    assert [bool(day.hours) for day in week] == [True, False, False, False, False, False, True]


def test_hours_after_midnight_are_told_where_they_began() -> None:
    friday, saturday = week_of([["5", "22:00", "24:00"], ["6", "00:00", "02:00"]])[4:6]
    assert (saturday.bars, saturday.hours) == ((Bar(0, 120),), "the night before only")
    assert "02:00" in friday.hours


@given(st.sets(st.tuples(st.integers(1, 7), st.integers(0, 23)), max_size=30))
def test_bars_are_as_long_as_the_hours(hours: set[tuple[int, int]]) -> None:
    slots: list[Slot] = [[str(day), clock(60 * hour), clock(60 * hour + 60)] for day, hour in sorted(hours)]
    week = week_of(slots)
    assert len(week) == 7
    for number, day in enumerate(week, start=1):
        assert sum(bar.length for bar in day.bars) == 60 * sum(each == number for each, _ in hours)
        assert all(0 <= bar.start < bar.start + bar.length <= DAY for bar in day.bars)
        assert bool(day.hours) == bool(day.bars)
