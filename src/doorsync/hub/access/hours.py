"""Weekly hours as people write them, and as they are kept: "mon-fri 08:00-18:00", "fri 22:00-06:00", "sun closed" or "always"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorsync.hub.access.errors import BadHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LINE = re.compile(
    r"(?P<first>[a-z]{3})(?: ?- ?(?P<last>[a-z]{3}))? +(?:(?P<start>[0-9]{2}:[0-9]{2}) ?- ?(?P<end>[0-9]{2}:[0-9]{2})|closed)"
)
MIDNIGHT, WHOLE_DAY = "00:00", ("00:00", "24:00")
HOW = gettext_lazy("Write them like 'mon-fri 08:00-18:00', 'fri 22:00-06:00', 'sun closed' or 'always'.")
DATES = gettext_lazy(
    "Hours are of weekdays. Days of the year are the holidays of a calendar that a time schedule follows (in a file: calendars)."
)

Slot = list[str]


def slots_of(lines: Iterable[str]) -> list[Slot]:
    """Slots [weekday "1".."7", start, end], sorted. Hours over midnight become two. Raises BadHours with a sentence."""
    read = [(line, _slots(line)) for line in lines]
    slots = sorted(slot for _, some in read for slot in some)
    for one, other in pairwise(slots):
        if one[0] == other[0] and other[1] < one[2]:
            raise BadHours(
                _("Hours overlap on %(day)s: %(one)s and %(other)s.")
                % {"day": DAYS[int(one[0]) - 1], "one": f"{one[1]}-{one[2]}", "other": f"{other[1]}-{other[2]}"}
            )
    _check_closed(read)
    return slots


def _slots(line: str) -> list[Slot]:
    text = line.strip().lower()
    if text in ("always", "closed"):
        return [[str(day), *WHOLE_DAY] for day in range(1, 8)] if text == "always" else []
    found = LINE.fullmatch(text)
    if not found or not {found["first"], found["last"] or "mon"} <= set(DAYS):
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}", text):
            raise BadHours(str(DATES))
        raise BadHours(_("'%(line)s' are no hours. %(how)s") % {"line": line, "how": HOW})
    if not found["start"]:
        return []
    return [slot for day in _days(found) for slot in _on(day, found["start"], found["end"], line)]


def _days(found: re.Match[str]) -> list[int]:
    """From the first day to the last, over the end of the week too."""
    first = DAYS.index(found["first"])
    count = (DAYS.index(found["last"] or found["first"]) - first) % 7 + 1
    return [(first + each) % 7 for each in range(count)]


def _on(day: int, start: str, end: str, line: str) -> list[Slot]:
    end = "24:00" if end == MIDNIGHT else end
    if not (_is_time(start) and (_is_time(end) or end == "24:00")):
        raise BadHours(_("'%(line)s' names a time that no clock shows. %(how)s") % {"line": line, "how": HOW})
    if start == end:
        raise BadHours(_("'%(line)s' ends when it starts. A whole day is 00:00-24:00.") % {"line": line})
    if start < end:
        return [[str(day + 1), start, end]]
    return [[str(day + 1), start, "24:00"], [str((day + 1) % 7 + 1), MIDNIGHT, end]]


def _check_closed(read: Iterable[tuple[str, list[Slot]]]) -> None:
    """A day that one line closes and another one opens is a contradiction; the night before may reach into it."""
    opened: set[int] = set()
    closed: set[int] = set()
    for line, slots in read:
        found = LINE.fullmatch(line.strip().lower())
        days = set(_days(found)) if found else set(range(7))
        (opened if slots else closed).update(days)
    if both := sorted(opened & closed):
        raise BadHours(_("%(day)s is closed in one line and has hours in another.") % {"day": DAYS[both[0]]})


def _is_time(text: str) -> bool:
    hours, minutes = text.split(":")
    return int(hours) < 24 and int(minutes) < 60


def lines_of(slots: Iterable[Slot]) -> dict[str, list[str]]:
    """Hours by day as people write them: `{"mon": ["08:00-18:00"], "fri": ["22:00-06:00"], ...}`. The reverse of `slots_of`.

    What ends at midnight and goes on the next morning is told once, unless it takes more than a day.
    """
    by_day: dict[int, list[tuple[str, str]]] = {day: [] for day in range(7)}
    for number, start, end in sorted(slots):
        by_day[int(number) - 1].append((start, end))
    for day in range(7):
        tomorrow = by_day[(day + 1) % 7]
        late = next((each for each in by_day[day] if each[1] == "24:00" and each[0] != MIDNIGHT), None)
        early = next((each for each in tomorrow if each[0] == MIDNIGHT and each[1] != "24:00"), None)
        if late and early and early[1] < late[0]:
            by_day[day][by_day[day].index(late)] = (late[0], early[1])
            tomorrow.remove(early)
    return {DAYS[day]: [f"{start}-{end}" for start, end in hours] for day, hours in by_day.items()}
