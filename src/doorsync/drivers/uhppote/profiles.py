"""Time schedules as time profiles of a controller.

A profile has one set of hours for all of its weekdays, so that a schedule takes up to seven profiles, each linked to the next.
A place of the hub is a block of seven of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import zip_longest

FIRST_PROFILE = 2  # 0 and 1 stand for never and always
BLOCK = 7
PLACES = 36  # 2 + 36 x 7 = 254, and 254 is the last
SEGMENTS = 3
ALWAYS_FROM, ALWAYS_TO = date(2000, 1, 1), date(2099, 12, 31)
MIDNIGHT = time(0, 0)
DAY_ENDS = time(23, 59)  # a segment includes its last minute, so that this is what stands for 24:00
UNTELLABLE = "23:59"

Interval = tuple[str, str]
Slots = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One time profile: its number, its weekdays "1" (Monday) to "7", up to three intervals a day, the next profile or 0.

    Profiles cannot be deleted singly; one that is not `present` is valid on one day long ago only, and opens on no weekday.
    """

    number: int
    weekdays: frozenset[str] = frozenset()
    intervals: tuple[Interval, ...] = ()
    linked: int = 0
    present: bool = True

    def arguments(self) -> tuple[object, ...]:
        """As the library takes them: number, dates, seven weekdays, six times, the linked profile."""
        pairs = [*self.intervals, *[("00:00", "00:00")] * (SEGMENTS - len(self.intervals))]
        times = [_time(moment) for pair in pairs for moment in pair]
        weekdays = [str(day) in self.weekdays for day in range(1, 8)]
        return (self.number, ALWAYS_FROM, ALWAYS_TO if self.present else ALWAYS_FROM, *weekdays, *times, self.linked)


def first_profile(place: int) -> int:
    """The number of the first profile of a place, which is what a card names."""
    return FIRST_PROFILE + (place - 1) * BLOCK


def place_of(profile: int) -> int | None:
    """The place that begins with this profile; None when none does."""
    place, rest = divmod(profile - FIRST_PROFILE, BLOCK)
    return place + 1 if rest == 0 and 0 <= place < PLACES else None


def profiles_of(place: int, slots: Sequence[Sequence[str]]) -> list[Profile]:
    """All seven profiles of a place, the last first, so that none is linked to one that is not written yet.

    Those without hours open on no weekday.
    """
    hours: dict[str, list[Interval]] = {}
    for weekday, start, end in slots:
        hours.setdefault(weekday, []).append((start, end))
    days: dict[tuple[Interval, ...], set[str]] = {}
    for weekday, intervals in hours.items():
        days.setdefault(tuple(sorted(intervals)), set()).add(weekday)
    groups = sorted(days.items(), key=lambda each: min(each[1]))
    first = first_profile(place)
    written = [
        Profile(
            number=first + index,
            weekdays=frozenset(group[1]) if group else frozenset(),
            intervals=group[0] if group else (),
            linked=first + index + 1 if index + 1 < len(groups) else 0,
        )
        for index, group in zip_longest(range(BLOCK), groups)
    ]
    return written[::-1]


def absent_profiles(place: int) -> list[Profile]:
    """The seven profiles of a place without a schedule."""
    return [Profile(number=first_profile(place) + index, present=False) for index in range(BLOCK)]


def slots_of(profiles: Sequence[Profile]) -> Slots:
    """The hours of a chain of profiles, sorted."""
    return sorted([day, start, end] for each in profiles for day in each.weekdays for start, end in each.intervals)


def holdable(slots: Sequence[Sequence[str]]) -> bool:
    """Whether it can be told from what is read back: an end at 23:59 looks like one at 24:00."""
    return all(end != UNTELLABLE for _, _, end in slots)


def interval_of(start: time, end: time) -> Interval:
    """A segment as the hub writes it."""
    return f"{start:%H:%M}", "24:00" if end == DAY_ENDS else f"{end:%H:%M}"


def _time(moment: str) -> time:
    return DAY_ENDS if moment == "24:00" else time.fromisoformat(moment)
