"""A terminal's time zones as time schedules. All of them always exist; which ones hold something is told from their hours.

One interval a day; a terminal takes the minute of the end as open, so the last minute is left out, and nothing gets wider.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.zkteco.records import Unfit
from doorsync.drivers.zkteco.rows import Days

ALL_DAY = (0, 0, 23, 59)
CLOSED = (23, 59, 0, 0)  # an end before the start opens at no time
FACTORY: Days = (ALL_DAY,) * 7  # what a terminal comes with
REMOVED: Days = ((23, 58, 0, 0),) * 7  # closed as well: who still names it stays outside


def days_of(record: Record) -> Days:
    """The hours of a time schedule, Sunday first. Raises Unfit."""
    days: list[tuple[int, int, int, int]] = [CLOSED] * 7
    for weekday, start, end in _slots(record):
        day = int(weekday) % 7  # Sunday is 7 in records, and comes first here
        if days[day] != CLOSED:
            raise Unfit("The terminal takes one interval for each weekday.")
        days[day] = (*divmod(_minutes(start), 60), *divmod(_minutes(end) - 1, 60))
    return tuple(days)


def record_in(number: int, days: Days) -> Record:
    """The time schedule in a time zone. It has no name there."""
    slots: Value = sorted([str(day or 7), _text(start), _text(end)] for day, start, end in _opened(days))
    return Record(kind=Kind.SCHEDULE, key=str(number), fields={"slots": slots})


def holds_something(days: Days) -> bool:
    """Whether these hours are neither those that a terminal comes with nor those of a removed time schedule."""
    return days not in (FACTORY, REMOVED)


def _opened(days: Days) -> Sequence[tuple[int, int, int]]:
    """Day, first minute and first minute after the end of each that opens."""
    spans = [(day, start * 60 + minute, end * 60 + last + 1) for day, (start, minute, end, last) in enumerate(days)]
    return [(day, start, end) for day, start, end in spans if end > start]


def _slots(record: Record) -> Sequence[Sequence[str]]:
    slots = record.fields.get("slots")
    return [slot for slot in slots if isinstance(slot, list)] if isinstance(slots, list) else []


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
