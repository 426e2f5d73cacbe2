"""Weekly hours as people write them, and as they are kept: "mon-fri 08:00-18:00" or "always"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from doorsync.hub.access.errors import BadHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LINE = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? +(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
WHOLE_DAY = ("00:00", "24:00")

Slot = list[str]


def slots_of(lines: Iterable[str]) -> list[Slot]:
    """Slots [weekday "1".."7", start, end], sorted. Raises BadHours with a sentence."""
    slots = sorted(slot for line in lines for slot in _slots(line))
    for one, other in pairwise(slots):
        if one[0] == other[0] and other[1] < one[2]:
            raise BadHours(f"Hours overlap on {DAYS[int(one[0]) - 1]}: {one[1]}-{one[2]} and {other[1]}-{other[2]}.")
    return slots


def _slots(line: str) -> list[Slot]:
    text = line.strip().lower()
    if text == "always":
        return [[str(day), *WHOLE_DAY] for day in range(1, 8)]
    match = LINE.fullmatch(text)
    if not match or not {match["first"], match["last"] or "mon"} <= set(DAYS):
        raise BadHours(f"'{line}' are no hours. Write them like 'mon-fri 08:00-18:00', 'sat 10:00-16:00' or 'always'.")
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"]) if match["last"] else first
    start, end = match["start"], match["end"]
    if first > last or not (_is_time(start) and (_is_time(end) or end == "24:00") and start < end):
        raise BadHours(f"'{line}' ends before it starts, or names a time that no clock shows.")
    return [[str(day + 1), start, end] for day in range(first, last + 1)]


def _is_time(text: str) -> bool:
    hours, minutes = text.split(":")
    return int(hours) < 24 and int(minutes) < 60
