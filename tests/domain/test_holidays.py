"""The hours of seven days ahead, compared minute by minute with the slow and simple way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.holidays import Holiday, concern, given_back, hours_ahead, hours_on

OFFICE = [[str(day), "08:00", "18:00"] for day in range(1, 6)]
FRIDAY = date(2026, 12, 25)
CHRISTMAS = Holiday(first=FRIDAY, last=FRIDAY + timedelta(days=1))
SHORT = Holiday(first=date(2026, 12, 24), last=date(2026, 12, 24), start="00:00", end="12:00")

clocks = st.integers(0, 24).map(lambda hour: f"{hour:02d}:00")
spans = st.tuples(clocks, clocks).map(sorted).filter(lambda pair: pair[0] < pair[1])
slots = st.lists(st.tuples(st.sampled_from("1234567"), spans).map(lambda each: [each[0], *each[1]]), max_size=6)
days = st.dates(date(2026, 1, 1), date(2026, 1, 31))
holidays = st.lists(
    st.tuples(days, st.integers(0, 9), st.one_of(st.just(["", ""]), spans)).map(
        lambda each: Holiday(first=each[0], last=each[0] + timedelta(days=each[1]), start=each[2][0], end=each[2][1])
    ),
    max_size=3,
)


def is_open(hours: list[list[str]], some: list[Holiday], day: date, clock: str) -> bool:
    """Whether somebody may pass at this minute, said as the rule says it."""
    usual = any(slot[0] == str(day.isoweekday()) and slot[1] <= clock < slot[2] for slot in hours)
    return usual and all(each.start <= clock < each.end for each in some if each.first <= day <= each.last)


@pytest.mark.requirement("R-09", mutation="hours_ahead() with 8 days, or with the holiday's hours instead of what it leaves")
@given(slots, holidays, days)
def test_each_weekday_has_the_hours_of_its_next_date(hours: list[list[str]], some: list[Holiday], today: date) -> None:
    ahead = hours_ahead(hours, some, today)
    for offset in range(7):
        day = today + timedelta(days=offset)
        for clock in (f"{hour:02d}:30" for hour in range(24)):
            there = any(slot[0] == str(day.isoweekday()) and slot[1] <= clock < slot[2] for slot in ahead)
            assert there == is_open(hours, some, day, clock), (day, clock)


@pytest.mark.requirement("I-06", mutation="a holiday's own hours taken as they are")
@given(slots, holidays, days)
def test_a_holiday_never_opens_what_is_closed(hours: list[list[str]], some: list[Holiday], today: date) -> None:
    for slot in hours_ahead(hours, some, today):
        inside = [each for each in hours if each[0] == slot[0] and each[1] <= slot[1]]
        assert inside, slot


def test_christmas_is_closed_from_six_days_before_to_its_end() -> None:
    assert hours_ahead(OFFICE, [CHRISTMAS], FRIDAY - timedelta(days=7)) == OFFICE
    assert hours_ahead(OFFICE, [CHRISTMAS], FRIDAY - timedelta(days=6)) == OFFICE[:4]
    assert hours_ahead(OFFICE, [CHRISTMAS], FRIDAY) == OFFICE[:4]
    assert hours_ahead(OFFICE, [CHRISTMAS], FRIDAY + timedelta(days=1)) == OFFICE


def test_a_short_day_leaves_a_part_of_the_hours() -> None:
    assert hours_on(OFFICE, [SHORT], SHORT.first) == [("08:00", "12:00")]
    assert hours_on(OFFICE, [SHORT, Holiday(first=SHORT.first, last=SHORT.last)], SHORT.first) == []


def test_weekdays_are_given_back_for_a_week() -> None:
    assert given_back([CHRISTMAS], FRIDAY) == frozenset()
    assert given_back([CHRISTMAS], FRIDAY + timedelta(days=1)) == {"5"}
    assert given_back([CHRISTMAS], FRIDAY + timedelta(days=2)) == {"5", "6"}
    assert given_back([CHRISTMAS], FRIDAY + timedelta(days=9)) == frozenset()


@pytest.mark.parametrize(("offset", "expected"), [(-7, False), (-6, True), (0, True), (1, True), (8, True), (9, False)])
def test_a_holiday_concerns_the_days_around_it(offset: int, expected: bool) -> None:
    assert concern([CHRISTMAS], FRIDAY + timedelta(days=offset)) is expected
