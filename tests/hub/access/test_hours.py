# ruff: noqa: RUF001  # digits of other scripts are tried here
"""Weekly hours as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.access.errors import BadHours
from doorsync.hub.access.hours import lines_of, slots_of


def test_hours_of_several_days_become_slots() -> None:
    assert slots_of(["sat 10:00-16:00", "mon-tue 08:00-24:00"]) == [
        ["1", "08:00", "24:00"],
        ["2", "08:00", "24:00"],
        ["6", "10:00", "16:00"],
    ]


@pytest.mark.parametrize(
    ("lines", "slots"),
    [
        (["fri 22:00-06:00"], [["5", "22:00", "24:00"], ["6", "00:00", "06:00"]]),
        (["sun 22:00-06:00"], [["1", "00:00", "06:00"], ["7", "22:00", "24:00"]]),
        (["mon-tue 18:00-00:00"], [["1", "18:00", "24:00"], ["2", "18:00", "24:00"]]),
        (["sat-mon 10:00-12:00"], [["1", "10:00", "12:00"], ["6", "10:00", "12:00"], ["7", "10:00", "12:00"]]),
        (["fri 22:00-24:00", "sat 00:00-06:00"], [["5", "22:00", "24:00"], ["6", "00:00", "06:00"]]),
        (["Mon - Tue 08:00 - 10:00", "wed closed"], [["1", "08:00", "10:00"], ["2", "08:00", "10:00"]]),
        (["closed"], []),
        ([], []),
    ],
)
@pytest.mark.requirement("D-04", mutation="hours over midnight end on the day on which they begin")
def test_nights_and_closed_days_are_taken(lines: list[str], slots: list[list[str]]) -> None:
    assert slots_of(lines) == slots


def test_days_of_the_year_are_explained() -> None:
    with pytest.raises(BadHours, match="the holidays of a calendar"):
        slots_of(["2026-12-25 closed"])


def test_always_means_every_minute() -> None:
    assert slots_of(["always"]) == [[str(day), "00:00", "24:00"] for day in range(1, 8)]


@pytest.mark.parametrize(
    "lines",
    [
        ["monday 08:00-18:00"],
        ["mon 18:00-18:00"],
        ["mon 8:00-18:00"],
        ["mon-funday 08:00-18:00"],
        ["mon ٠٨:٠٠-18:00"],
        ["mon 24:00-06:00"],
        ["2026-12-25 closed"],
        ["fri 22:00-06:00", "sat 05:00-12:00"],
        ["fri closed", "mon-fri 08:00-12:00"],
        ["closed", "always"],
        ["mon 25:00-26:00"],
        ["mon 08:00-12:00", "mon-wed 11:59-13:00"],
        ["always", "mon 08:00-18:00"],
    ],
)
def test_what_are_no_hours_is_said_so(lines: list[str]) -> None:
    with pytest.raises(BadHours):
        slots_of(lines)


def test_hours_are_told_by_day_and_over_midnight_once() -> None:
    slots = slots_of(["mon-fri 08:00-18:00", "sat 22:00-06:00", "sun 12:00-24:00"])
    told = lines_of(slots)
    assert told["mon"] == ["08:00-18:00"]
    assert told["sat"] == ["22:00-06:00"]
    assert told["sun"] == ["12:00-24:00"]
    assert lines_of(slots_of(["always"]))["mon"] == ["00:00-24:00"]
    assert lines_of([])["mon"] == []


@given(
    st.lists(
        st.tuples(st.integers(1, 7), st.integers(0, 23), st.integers(1, 24)).filter(lambda each: each[1] < each[2]),
        max_size=6,
        unique_by=lambda each: each[0],
    )
)
def test_told_hours_are_read_as_they_were(stretches: list[tuple[int, int, int]]) -> None:
    slots = sorted([str(day), f"{start:02}:00", f"{end:02}:00"] for day, start, end in stretches)
    told = lines_of(slots)
    assert slots_of(f"{day} {hours}" for day, some in told.items() for hours in some) == slots
