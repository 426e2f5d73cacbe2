from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.guard import Guard

SMALL_NUMBERS = st.integers(0, 300)


@pytest.mark.requirement("D-03", mutation="no third in Guard.free(); or no `before - 1` where fewer than five are held")
@pytest.mark.parametrize(
    ("held", "free"),
    [
        (0, 0),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 3),
        (5, 1),
        (6, 2),
        (7, 2),
        (20, 6),
        (30, 10),
        (60, 20),
        (209, 20),
        (210, 21),
        (700, 70),
    ],
)
def test_so_many_people_may_lose_access_without_a_typed_number(held: int, free: int) -> None:
    assert Guard().free(held) == free


@pytest.mark.requirement("D-03", mutation="what was lost within the day not counted")
@pytest.mark.parametrize(
    ("held", "lost", "free"),
    [(180, 20, 0), (190, 10, 10), (3, 1, 2), (1, 3, 0), (4, 1, 0), (6, 1, 1), (0, 1, 0), (990, 110, 0), (995, 5, 95)],
)
def test_what_was_lost_within_a_day_counts_together(held: int, lost: int, free: int) -> None:
    assert Guard().free(held, lost) == free


@given(held=SMALL_NUMBERS, gone=SMALL_NUMBERS, people=st.integers(0, 50), percent=st.integers(0, 100))
def test_guard_trips_at_each_of_its_limits_and_nowhere_else(held: int, gone: int, people: int, percent: int) -> None:
    trips = gone > Guard(people=people, percent=percent).free(held)
    empties = gone >= held
    third = held >= 5 and 3 * gone > held
    mass = gone > people and gone * 100 > held * percent
    assert trips == (gone > 0 and (empties or third or mass))


@given(held=st.integers(1, 300), steps=st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_small_steps_never_take_more_in_a_day_than_one_step_may(held: int, steps: list[int]) -> None:
    most, lost = Guard().free(held), 0
    for step in steps:
        if step <= Guard().free(held - lost, lost):
            lost += step
    assert lost <= most
