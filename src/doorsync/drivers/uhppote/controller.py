"""A simulated controller: its memory, its clock, and how it decides at its doors. It knows no digests and no Doorsync."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from doorsync.drivers.uhppote import packets
from doorsync.drivers.uhppote.controller_memory import Card, ControllerMemory

PASS, NO_PRIVILEGES, NOT_VALID = 1, 6, 15  # reasons in the log
LOG_SIZE = 100_000
NORMALLY_OPEN, NORMALLY_CLOSED, CONTROLLED = 1, 2, 3  # the modes of a door


@dataclass(slots=True, kw_only=True)
class ControllerFaults:
    """What it is told to do wrong: do and answer nothing; do it, and lose the answer; answer yes to a card and not store it."""

    silent: bool = False
    unheard: bool = False
    lies: bool = False


class Controller:
    """One controller, with so much room for cards."""

    def __init__(self, folder: Path, *, serial: int, capacity: int = 20_000) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.serial = serial
        self.capacity = capacity
        self.faults = ControllerFaults()
        self.memory = ControllerMemory(folder)
        self.event_index = 0
        self.opened: list[int] = []  # doors that it opened because it was told to, one after the other
        self.door_control = dict.fromkeys(range(1, 5), (CONTROLLED, 5))  # its mode, and for how many seconds it unlocks
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Its wall clock."""
        return datetime.now().replace(microsecond=0) + self._ahead  # noqa: DTZ005 - a controller knows no time zones

    def set_clock(self, wall: datetime) -> None:
        """Put its wall clock right."""
        self._ahead += wall - self.now()

    def swipe(self, number: int, *, door: int) -> bool:
        """Show a card at a door: whether the door opens. It is noted in the log."""
        card = self.memory.card(number)
        wall = self.now()
        reason = self._reason(card, door, wall)
        self.memory.note_event(granted=reason == PASS, door=door, card=number, wall=f"{wall:%Y-%m-%d %H:%M:%S}", reason=reason)
        self.memory.forget_events(self.memory.event_range()[1] - LOG_SIZE)
        return reason == PASS

    def _reason(self, card: Card | None, door: int, wall: datetime) -> int:
        if card is None:
            return NO_PRIVILEGES
        if not card.starts <= f"{wall:%Y-%m-%d}" <= card.ends:
            return NOT_VALID
        permission = card.doors[door - 1]
        if permission > 1:
            return PASS if self._open_by_profile(permission, wall, seen=()) else NOT_VALID
        return PASS if permission else NO_PRIVILEGES

    def _open_by_profile(self, number: int, wall: datetime, seen: tuple[int, ...]) -> bool:
        content = self.memory.profile(number)
        if content is None or number in seen:
            return False
        within = packets.date_at(content, 0) <= f"{wall:%Y-%m-%d}" <= packets.date_at(content, 4)
        clock = f"{wall:%H:%M}"
        segments = [(packets.minute_at(content, at), packets.minute_at(content, at + 2)) for at in (15, 19, 23)]
        if within and content[8 + wall.weekday()] and any(start <= clock <= end for start, end in segments if start != end):
            return True
        return self._open_by_profile(content[27], wall, (*seen, number))
