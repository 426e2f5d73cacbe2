"""The log of a UHPPOTE controller, in the words of `domain/door_events.py`."""

from __future__ import annotations

from typing import Any

from uhppoted.errors import CardNotFound, EventNotFound, EventOverwritten

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode, LogPage, LogPosition, Reason
from doorsync.drivers.uhppote.connection import Connection

FIRST, LAST = 0, 0xFFFFFFFF  # what asks for the oldest and for the newest entry
SWIPE = 1  # the kind of an entry that is about a card; others are about doors and alarms
REASONS = {
    6: Reason.NO_HOURS,  # no right at this door
    7: Reason.WRONG_PIN,
    8: Reason.ANTI_PASSBACK,
    13: Reason.OUTSIDE_HOURS,
    15: Reason.OUTSIDE_HOURS,
}


class EventLog:
    """Reads entries one by one; the controller overwrites its oldest by itself, and nothing is ever cleared."""

    def __init__(self, connection: Connection) -> None:
        self._ask = connection.ask
        self._client: Any = connection.client

    def page(self, after: LogPosition, most: int) -> LogPage:
        """Entries after a position. A log whose newest entry is older than that has begun again: the next series."""
        series = after.series or "1"
        oldest, last = self._bounds()
        start = after.position + 1
        if last < after.position:
            series, start = str(int(series) + 1), 1
        start = max(start, oldest)
        events = tuple(self._event(position) for position in range(start, min(last, start + most - 1) + 1))
        return LogPage(series=series, oldest=oldest, last=last, events=events)

    def _bounds(self) -> tuple[int, int]:
        try:
            found = [self._ask(self._client.get_event_record, which).index for which in (FIRST, LAST)]
        except EventNotFound:
            return 1, 0
        return found[0], found[1]

    def _event(self, position: int) -> DoorEvent:
        try:
            found = self._ask(self._client.get_event_record, position)
        except (EventNotFound, EventOverwritten):  # written over while the page was read
            return DoorEvent(position=position, wall="", code=EventCode.LOST, lost=1)
        wall = found.timestamp.isoformat() if found.timestamp else ""
        if found.kind != SWIPE:
            word = f"{found.kind}-{found.reason}"
            return DoorEvent(position=position, wall=wall, code=EventCode.OTHER, reason=word, door=found.door)
        if found.access_granted:
            used, key = CredentialUsed.CARD, str(found.card)
            return DoorEvent(position=position, wall=wall, code=EventCode.GRANTED, key=key, used=used, door=found.door)
        return self._denied(position, wall, found)

    def _denied(self, position: int, wall: str, found: Any) -> DoorEvent:
        """The log does not say whether the controller knew the card; its memory does."""
        number = str(found.card)
        known = self._holds(found.card)
        return DoorEvent(
            position=position,
            wall=wall,
            code=EventCode.DENIED,
            reason=REASONS.get(found.reason, Reason.OTHER) if known else Reason.UNKNOWN,
            key=number if known else "",
            card="" if known else number,
            used=CredentialUsed.CARD,
            door=found.door,
        )

    def _holds(self, card: int) -> bool:
        try:
            self._ask(self._client.get_card_record, card)
        except CardNotFound:
            return False
        return True
