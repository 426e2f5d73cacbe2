from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.record import Kind, Record
from doorsync.drivers.suprema.hours import group_of, level_of, number_of, record_of, schedule_of

MINUTES = st.lists(st.integers(0, 1440), min_size=2, max_size=10, unique=True).filter(lambda cuts: len(cuts) % 2 == 0).map(sorted)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@given(st.dictionaries(st.sampled_from("1234567"), MINUTES))
def test_hours_are_read_back_as_they_were_written(days: dict[str, list[int]]) -> None:
    pairs = [(day, clock(cuts[at]), clock(cuts[at + 1])) for day, cuts in days.items() for at in range(0, len(cuts), 2)]
    wanted = Record(kind=Kind.SCHEDULE, key="9", fields={"name": "Office", "slots": sorted(list(pair) for pair in pairs)})
    assert record_of(schedule_of(wanted), level_of(9, {1, 2}), group_of(9), {2, 1}) == wanted


def test_only_the_numbers_between_the_devices_own_and_the_last_are_ours() -> None:
    assert [number_of(key) for key in ("0", "1", "2", "127", "128", "02", "x", "", "\u0662", "-3")] == [
        0,
        0,
        2,
        127,
        0,
        0,
        0,
        0,
        0,
        0,
    ]
