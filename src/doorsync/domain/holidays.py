"""Days of the year on which weekly hours are others: fewer, or none. They never open a door that is closed otherwise.

Terminals here hold weekly hours only. So a terminal is sent the hours of the seven days that begin with today: each weekday
stands for one date then, and what differs on it hurts no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from doorsync.domain.hours import Slot, merged

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """From the first to the last day; `start` to `end` ("HH:MM", up to "24:00") is what stays of the hours, "" nothing."""

    first: date
    last: date
    start: str = ""
    end: str = ""

    def includes(self, day: date) -> bool:
        """Whether that day is one of it."""
        return self.first <= day <= self.last


def hours_on(slots: Collection[Slot], holidays: Iterable[Holiday], day: date) -> list[tuple[str, str]]:
    """The intervals of this day: those of its weekday, and of them only what each holiday leaves."""
    intervals = merged(slots).get(str(day.isoweekday()), [])
    for holiday in holidays:
        if holiday.includes(day):
            left = ((max(start, holiday.start), min(end, holiday.end)) for start, end in intervals)
            intervals = [(start, end) for start, end in left if start < end]
    return intervals


def hours_ahead(slots: Collection[Slot], holidays: Collection[Holiday], today: date) -> list[list[str]]:
    """The weekly hours that are right from today on for seven days; as they are where no holiday is among these."""
    days = [today + offset * DAY for offset in range(WEEK)]
    special = [day for day in days if any(holiday.includes(day) for holiday in holidays)]
    weekdays = {str(day.isoweekday()) for day in special}
    kept = [list(slot) for slot in slots if slot[0] not in weekdays]
    return sorted([*kept, *([str(day.isoweekday()), *each] for day in special for each in hours_on(slots, holidays, day))])


def given_back(holidays: Collection[Holiday], today: date) -> frozenset[str]:
    """The weekdays whose usual hours hold again, since their holiday was within the week before today."""
    past = (today - offset * DAY for offset in range(1, WEEK + 1))
    return frozenset(str(day.isoweekday()) for day in past if any(holiday.includes(day) for holiday in holidays))


def concern(holidays: Iterable[Holiday], today: date) -> bool:
    """Whether one of them is within the seven days from today on, or was within the week before."""
    return any(holiday.first < today + WEEK * DAY and holiday.last >= today - WEEK * DAY for holiday in holidays)
