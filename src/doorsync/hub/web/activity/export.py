"""The access log as CSV: UTF-8, a header, a row for each event, the oldest first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC

from django_scopes import scope

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import local_time
from doorsync.hub.web.activity.event_choice import EventChoice
from doorsync.hub.web.activity.event_rows import EventRow, event_rows
from doorsync.hub.web.csv_downloads import BYTE_ORDER_MARK, Echo

AT_ONCE = 1000
COLUMNS = (
    "number",
    "time",
    "time_utc",
    "time_zone",
    "terminal_clock",
    "terminal",
    "serial",
    "location",
    "door",
    "result",
    "reason",
    "shown",
    "person_number",
    "person_id",
    "person",
    "lost",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would carry out what begins so


def csv_portions(administrator: Administrator, choice: EventChoice) -> Iterator[str]:
    """The text in portions, each read from the database when it is asked for."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    last = 0
    while True:
        with scope(company=administrator.company):
            found = choice.events(administrator).filter(number__gt=last).order_by("number")
            events: list[AccessEvent] = list(found.select_related("log", "location")[:AT_ONCE])
            text = "".join(writer.writerow(_cells(row)) for row in event_rows(administrator, events))
        if text:
            yield text
        if len(events) < AT_ONCE:
            return
        last = events[-1].number


def _cells(row: EventRow) -> list[str | int]:
    event, user = row.event, row.user
    return [
        event.number,
        local_time(event).strftime("%Y-%m-%d %H:%M:%S"),
        event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        event.zone,
        event.wall.replace("T", " "),
        _safe(event.terminal_name),
        _safe(event.log.serial),
        _safe(event.location.name if event.location else ""),
        event.door,
        event.code,
        event.reason,
        event.used,
        "" if event.user_number is None else event.user_number,
        _safe(user.external_id if user else ""),
        _safe(user.full_name if user else ""),
        event.lost or "",
    ]


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
