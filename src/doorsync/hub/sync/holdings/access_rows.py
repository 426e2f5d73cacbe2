"""Reads the rows from which an access graph is made: terminals, schedules, zones, rights and holidays, in one statement.

It also says whether a change is still being worked out, so that nobody has to ask for that alone.

Written in SQL, because each change of one person waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from doorsync.domain.allowance import shown_part
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.cards import Readers
from doorsync.domain.holidays import Holiday
from doorsync.domain.record import Kind, Record, Value
from doorsync.hub.companies.statements import rows_of

Row = tuple[Any, ...]


class What(IntEnum):
    """What a row is about, in its first column. The next three are numbers, the others texts."""

    TERMINAL = 0  # id; limits as JSON, readers, time zone
    SCHEDULE = 1  # number, calendar; name, hours as JSON
    ZONE_TERMINAL = 2  # zone, terminal
    RIGHT = 3  # zone, group, number of the schedule
    HOLIDAY = 4  # number of a schedule that follows its calendar; first, last, start, end
    REFRESHING = 5  # nothing: that there is such a row says that a change is still being worked out


ROWS = """
SELECT 0, t.id, 0, 0, CAST(t.limits AS text), t.readers, l.time_zone, ''
FROM terminals_terminal t JOIN companies_location l ON l.id = t.location_id WHERE t.company_id = %s
UNION ALL SELECT 1, s.number, s.calendar_id, 0, s.name, CAST(s.slots AS text), '', ''
FROM access_timeschedule s WHERE s.company_id = %s
UNION ALL SELECT 2, z.zone_id, z.terminal_id, 0, '', '', '', ''
FROM access_zone a JOIN access_zone_terminals z ON z.zone_id = a.id WHERE a.company_id = %s
UNION ALL SELECT 3, r.zone_id, r.group_id, s.number, '', '', '', ''
FROM access_accessright r JOIN access_timeschedule s ON s.id = r.schedule_id WHERE r.company_id = %s
UNION ALL SELECT 4, s.number, 0, 0, CAST(h.first AS text), CAST(h.last AS text), h.start, h."end"
FROM access_holiday h JOIN access_timeschedule s ON s.calendar_id = h.calendar_id WHERE h.company_id = %s
UNION ALL SELECT 5, 0, 0, 0, '', '', '', '' WHERE EXISTS (SELECT 1 FROM sync_pendingrefresh WHERE company_id = %s)
"""


class ScheduleRow(NamedTuple):
    """A time schedule: its record, or None where its hours are damaged in the database."""

    name: str
    record: Record | None


def access_rows(company_id: int) -> list[Row]:
    """All rows of this company, as the database has them now."""
    return rows_of(ROWS, [company_id] * len(What))


def of_kind(rows: list[Row], what: What) -> Iterator[Row]:
    """The rows about this, without their first column."""
    return (row[1:] for row in rows if row[0] == what)


@lru_cache(maxsize=256)
def capabilities_in(limits: str) -> Capabilities:
    """What a terminal with these limits can hold; terminals of one kind have the same."""
    return Capabilities.from_dict(_json(limits) or {})


def readers_named(word: str) -> Readers:
    """How its readers show cards; as they are where that is a word of a newer version."""
    return Readers(word) if word in set(Readers) else Readers.AS_IS


@lru_cache(maxsize=1024)
def schedule_in(number: int, name: str, slots: str) -> ScheduleRow:
    """The time schedule of a row."""
    hours = _json(slots)
    if not isinstance(hours, list) or not all(isinstance(slot, list) for slot in hours):
        return ScheduleRow(name, None)
    try:
        fields: dict[str, Value] = {"name": name, "slots": sorted(hours)}
    except TypeError:
        return ScheduleRow(name, None)
    record = Record(kind=Kind.SCHEDULE, key=str(number), fields=fields)
    return ScheduleRow(name, record if shown_part(b"", record, ()) else None)


def holiday_in(first: str, last: str, start: str, end: str) -> Holiday:
    """The holiday of a row."""
    return Holiday(first=date.fromisoformat(first), last=date.fromisoformat(last), start=start, end=end)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
