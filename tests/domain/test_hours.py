from __future__ import annotations

import pytest

from doorsync.domain.hours import is_always, merged, most_intervals

ALL = [[day, "00:00", "24:00"] for day in "1234567"]


@pytest.mark.parametrize(
    "slots", [ALL, [["1", "00:00", "12:00"], ["1", "12:00", "24:00"], *ALL[1:]], [*ALL, ["3", "08:00", "09:00"]]]
)
def test_open_at_every_minute_is_always_however_it_is_written(slots: list[list[str]]) -> None:
    assert is_always(slots)


@pytest.mark.requirement("R-06", mutation="`is_always` satisfied with seven days")
@pytest.mark.parametrize("slots", [[], ALL[:6], [["1", "00:00", "23:59"], *ALL[1:]], [["1", "00:01", "24:00"], *ALL[1:]]])
def test_a_minute_less_is_not_always(slots: list[list[str]]) -> None:
    assert not is_always(slots)


def test_intervals_that_touch_are_one() -> None:
    slots = [["2", "13:00", "17:00"], ["1", "12:00", "18:00"], ["1", "08:00", "12:00"], ["2", "08:00", "12:00"]]
    assert merged(slots) == {"1": [("08:00", "18:00")], "2": [("08:00", "12:00"), ("13:00", "17:00")]}
    assert most_intervals(slots) == 2
    assert most_intervals([]) == 0
