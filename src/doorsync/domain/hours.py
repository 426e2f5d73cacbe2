"""The hours of time schedules, and whether a terminal can hold them. What it cannot hold is refused, never widened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

DAYS = "1234567"  # Monday first
START, END = "00:00", "24:00"
Slot = Sequence[str]  # weekday, start, end


def merged(slots: Collection[Slot]) -> dict[str, list[tuple[str, str]]]:
    """The intervals of each weekday, those that touch or overlap made one, the earliest first."""
    days: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for day, start, end in sorted((day, start, end) for day, start, end in slots):
        intervals = days[day]
        if intervals and start <= intervals[-1][1]:
            intervals[-1] = (intervals[-1][0], max(intervals[-1][1], end))
        else:
            intervals.append((start, end))
    return dict(days)


def is_always(slots: Collection[Slot]) -> bool:
    """Whether it is open at every minute of the week."""
    days = merged(slots)
    return all(days.get(day) == [(START, END)] for day in DAYS)


def most_intervals(slots: Collection[Slot]) -> int:
    """How many intervals the fullest weekday has."""
    return max((len(intervals) for intervals in merged(slots).values()), default=0)
