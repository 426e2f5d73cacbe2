from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.guard import Guard


@pytest.mark.parametrize(
    ("held", "free"),
    [(0, 20), (20, 20), (199, 20), (200, 20), (209, 20), (210, 21), (219, 21), (1000, 100), (100_000, 10_000)],
)
def test_free_removals_are_twenty_people_or_ten_percent_whichever_is_more(held: int, free: int) -> None:
    assert Guard().free(held) == free


@given(held=st.integers(0, 10**6), removals=st.integers(0, 10**6), people=st.integers(0, 500), percent=st.integers(0, 100))
def test_guard_trips_only_above_both_limits(held: int, removals: int, people: int, percent: int) -> None:
    trips = removals > Guard(people=people, percent=percent).free(held)
    assert trips == (removals > people and removals * 100 > held * percent)
