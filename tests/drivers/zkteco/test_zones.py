from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.zkteco import zones
from doorsync.drivers.zkteco.records import Unfit
from doorsync.drivers.zkteco.rows import Days
from tests.drivers.zkteco.terminals import always, schedule

minutes = st.integers(0, 24 * 60)
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])
weeks = st.dictionaries(st.sampled_from("1234567"), spans)


def text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def opens(days: Days, weekday: int, minute: int) -> bool:
    """As terminals are said to do: closed where the end is before the start, else open to the end of the last minute."""
    start_hour, start, end_hour, end = days[weekday % 7]
    return start_hour * 60 + start <= minute <= end_hour * 60 + end


@given(week=weeks, anywhere=st.integers(0, 24 * 60 - 1))
def test_a_terminal_opens_in_the_hours_of_the_schedule_and_in_no_others(week: dict[str, tuple[int, int]], anywhere: int) -> None:
    days = zones.days_of(schedule(5, *[(day, text(start), text(end)) for day, (start, end) in week.items()]))
    for weekday in range(1, 8):
        start, end = week.get(str(weekday), (0, 0))
        for minute in {start - 1, start, end - 1, end, anywhere} & set(range(24 * 60)):
            assert opens(days, weekday, minute) == (start <= minute < end)


@given(week=weeks)
def test_hours_are_read_as_they_were_written(week: dict[str, tuple[int, int]]) -> None:
    record = schedule(5, *[(day, text(start), text(end)) for day, (start, end) in sorted(week.items())])
    days = zones.days_of(record)
    assert zones.record_in(5, days).fields["slots"] == record.fields["slots"]
    assert zones.holds_something(days) == (record.fields["slots"] != always(5).fields["slots"])


def test_a_removed_schedule_opens_never_and_is_none() -> None:
    assert not any(opens(zones.REMOVED, day, minute) for day in range(7) for minute in range(24 * 60))
    assert not zones.holds_something(zones.REMOVED)
    assert zones.days_of(schedule(5)) != zones.REMOVED


def test_two_intervals_on_one_day_do_not_fit() -> None:
    with pytest.raises(Unfit):
        zones.days_of(schedule(5, ("1", "08:00", "12:00"), ("1", "13:00", "17:00")))
