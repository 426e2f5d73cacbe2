from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.uhppote.profiles import BLOCK, PLACES, first_profile, holdable, interval_of, place_of, profiles_of, slots_of

MINUTES = st.integers(0, 24 * 60)


@st.composite
def weeks(draw: st.DrawFn) -> list[list[str]]:
    """Up to three intervals a day that do not touch."""
    slots = []
    for day in range(1, 8):
        moments = sorted(draw(st.lists(MINUTES, min_size=0, max_size=6, unique=True)))
        for start, end in zip(moments[::2], moments[1::2], strict=False):
            slots.append([str(day), f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}"])
    return sorted(slots)


@given(weeks(), st.integers(1, PLACES))
def test_any_week_comes_back_from_its_profiles(slots: list[list[str]], place: int) -> None:
    profiles = {each.number: each for each in profiles_of(place, slots)}
    assert sorted(profiles) == list(range(first_profile(place), first_profile(place) + BLOCK))
    assert max(profiles) <= 254
    chain = [profiles[first_profile(place)]]
    while chain[-1].linked:
        chain.append(profiles[chain[-1].linked])
    assert slots_of(chain) == slots


def test_profile_is_written_before_another_is_linked_to_it() -> None:
    numbers = [each.number for each in profiles_of(1, [["1", "08:00", "09:00"], ["2", "08:00", "10:00"]])]
    assert numbers == sorted(numbers, reverse=True)


def test_only_first_profiles_of_a_block_are_places() -> None:
    assert [place_of(first_profile(place)) for place in (1, PLACES)] == [1, PLACES]
    assert [place_of(profile) for profile in (0, 1, 3, 8, 254)] == [None] * 5


def test_end_of_the_day_is_the_last_minute() -> None:
    last = profiles_of(1, [["1", "00:00", "24:00"]])[-1]
    start, end = last.arguments()[10:12]
    assert interval_of(start, end) == ("00:00", "24:00")  # type: ignore[arg-type]
    assert holdable([["1", "00:00", "24:00"]])
    assert not holdable([["1", "00:00", "23:59"]])
