"""The week of a time schedule as a drawing: a row for each day, a bar for each stretch of hours, and the same as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from doorsync.hub.access.hours import DAYS, Slot, lines_of
from doorsync.hub.web.access.forms import DAY_NAMES

DAY = 24 * 60  # minutes, and the width of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of hours, in minutes of the day."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its name, its bars, and its hours as text; empty when it is closed."""

    name: str | Promise
    bars: tuple[Bar, ...]
    hours: str


def week_of(slots: Iterable[Slot]) -> list[Day]:
    """The seven days, from Monday on."""
    slots = list(slots)
    told = lines_of(slots)
    return [_day(day, _bars(slots, str(number)), told[day]) for number, day in enumerate(DAYS, start=1)]


def _day(day: str, bars: tuple[Bar, ...], hours: list[str]) -> Day:
    """Hours that began the evening before are told there."""
    return Day(DAY_NAMES[day], bars, ", ".join(hours) or (_("the night before only") if bars else ""))


def _bars(slots: list[Slot], number: str) -> tuple[Bar, ...]:
    return tuple(bar(start, end) for day, start, end in slots if day == number)


def bar(start: str, end: str) -> Bar:
    """The stretch between two times of a day."""
    return Bar(_minutes(start), _minutes(end) - _minutes(start))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)
