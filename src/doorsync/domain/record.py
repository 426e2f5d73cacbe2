"""What one terminal holds under one of its keys: a user or a time schedule.

A record is already rendered to what its terminal can hold (see `rendering`). The same shape travels in a batch,
is written by a driver, is read back, and is digested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

Value = str | bool | None | list[str] | list[list[str]]


class Kind(IntEnum):
    """What a record is. The numbers are stored in holdings and must not change."""

    USER = 1
    SCHEDULE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of a terminal's memory.

    Fields of a user: `name` str; `cards` list of decimal strings, sorted; `pin` str, "" for none; `schedules` sorted list of
    the keys of the schedules that open the door to this user; `until` local wall clock "YYYY-MM-DDTHH:MM" or "".
    Fields of a schedule: `name` str; `slots` sorted list of [weekday "1".."7", Monday first; start "HH:MM"; end up to "24:00"].
    """

    kind: Kind
    key: str
    fields: Mapping[str, Value]
