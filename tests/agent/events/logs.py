"""Entries for tests of the journal."""

from __future__ import annotations

from typing import Any

from doorsync.domain.door_events import EventCode
from doorsync.messages.events import LoggedEvent

NOON = "2026-11-27T12:00:00"


def entry(position: int, **changed: Any) -> LoggedEvent:
    fields: dict[str, Any] = {"code": EventCode.GRANTED, "wall": NOON, "read_at": NOON, "clock": NOON, "key": "7", **changed}
    return LoggedEvent(position=position, **fields)


def entries(first: int, last: int) -> list[LoggedEvent]:
    return [entry(position) for position in range(first, last + 1)]


def positions(events: list[LoggedEvent]) -> list[int]:
    return [event.position for event in events]
