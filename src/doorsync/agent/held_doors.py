"""Doors that are held open for a time: written down before the terminal is told, and given back in time without the hub.

Only a door that the terminal says is held open is given back: one that was locked down meanwhile stays so.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path

from doorsync.agent import data_folder
from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import StorageFailed
from doorsync.agent.logs import log
from doorsync.domain.door_modes import DoorMode
from doorsync.drivers.contract import ConnectionSettings, SupportsDoorModes
from doorsync.messages.door_commands import DoorCommand

FILE = "held-doors.json"
EVERY = 0.5  # seconds between looks whether a time is over
AGAIN = 10.0  # seconds after which a terminal that could not be told is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDoor:
    """A door that is to be given back at `until`, seconds since 1970 by the agent's clock. `since`: when that was asked for.

    Its secret is not among it: that lies in the terminal's last batch, which is sealed.
    """

    id: str
    terminal: str
    door: int
    make: str
    address: str
    options: Mapping[str, str]
    zone: str
    serial: str
    since: float
    until: float


class HeldDoors:
    """Those that this agent holds open. The file of them is read again after a restart."""

    def __init__(
        self,
        folder: Path,
        drivers: Drivers,
        *,
        in_lane: Callable[[str, str, Callable[[], None]], Future[None]],
        settings: Callable[[str], ConnectionSettings | None],
        timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`settings`: those of a terminal by its last batch, None where they are not known."""
        self._file, self._drivers, self._in_lane, self._settings = folder / FILE, drivers, in_lane, settings
        self._timeout, self._clock = timeout, clock
        self._lock = threading.Lock()
        self._held = self._read()
        self._deadlines: dict[str, float] = {}  # by the clock that nobody sets, of those of this run
        self._next_try: dict[str, float] = {}
        self._under_way: set[str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="held-doors", daemon=True)

    def start(self) -> None:
        """Give doors back in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new. Doors that are held stay so until the agent runs again."""
        self._stopping.set()

    def expect(self, command: DoorCommand, seconds: int) -> HeldDoor | None:
        """Write down that this door is held open for so long; returns what was written before. Raises StorageFailed."""
        now = self._clock()
        held = HeldDoor(
            id=command.id,
            terminal=command.terminal,
            door=command.door,
            make=command.make,
            address=command.address,
            options=command.options,
            zone=command.zone,
            serial=command.serial,
            since=now,
            until=now + seconds,
        )
        with self._lock:
            before = self._held.get(_place(held))
            self._write({**self._held, _place(held): held})
            self._deadlines[held.id] = time.monotonic() + seconds
        return before

    def restore(self, command: DoorCommand, before: HeldDoor | None) -> None:
        """The terminal refused, so that what was written before holds on."""
        with self._lock:
            rest = {place: held for place, held in self._held.items() if held.id != command.id}
            self._write({**rest, _place(before): before} if before else rest)

    def forget(self, command: DoorCommand) -> None:
        """The door is in another mode by now, which the terminal said when it was read back."""
        with self._lock:
            place = f"{command.terminal} {command.door}"
            if place in self._held:
                self._write({each: held for each, held in self._held.items() if each != place})

    def is_due(self, held: HeldDoor) -> bool:
        """Whether its time is over; also when the clock was set back to before it began, for then nobody knows."""
        now, deadline = self._clock(), self._deadlines.get(held.id)
        over = deadline is not None and time.monotonic() >= deadline
        return over or now >= held.until or now < held.since

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            with self._lock:
                due = [held for held in self._held.values() if self.is_due(held) and held.id not in self._under_way]
            for held in due:
                if time.monotonic() >= self._next_try.get(held.id, 0.0):
                    self._begin(held)

    def _begin(self, held: HeldDoor) -> None:
        self._under_way.add(held.id)
        self._next_try[held.id] = time.monotonic() + AGAIN
        try:
            self._in_lane(held.make, held.address, lambda: self.give_back(held)).add_done_callback(
                lambda _: self._under_way.discard(held.id)
            )
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way, also where it only names its lane
            self._under_way.discard(held.id)
            log.error("A door that is held open could not be given back yet.", terminal=held.terminal, error=type(error).__name__)

    def give_back(self, held: HeldDoor) -> None:
        """In the lane of its terminal: back to its schedules, if it is held open and its time is over."""
        with self._lock:
            if self._held.get(_place(held)) != held or not self.is_due(held):
                return
        try:
            self._told(held)
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way; it is tried again
            log.error("A door that is held open could not be given back yet.", terminal=held.terminal, error=type(error).__name__)
            return
        try:
            with self._lock:
                self._write({place: each for place, each in self._held.items() if each != held})
        except StorageFailed as error:
            log.error("A door was given back, and that could not be written down.", terminal=held.terminal, why=str(error))
            return
        log.info("A door that was held open is given back to its schedules.", terminal=held.terminal, door=held.door)

    def _told(self, held: HeldDoor) -> None:
        """Raises what a driver raises, and ValueError when another device answers, or the door is open still."""
        driver = self._drivers.of(held.make)
        within = max(self._timeout, driver.make.answer_timeout)
        with driver.open(self._settings(held.terminal) or _settings(held), timeout=within) as session:
            if session.about().serial != held.serial or not isinstance(session, SupportsDoorModes):
                raise ValueError(held.serial)
            if session.door_mode(held.door, within=within) is DoorMode.HELD_OPEN:
                session.set_door_mode(held.door, DoorMode.SCHEDULE, within=within)
                if session.door_mode(held.door, within=within) is DoorMode.HELD_OPEN:
                    raise ValueError(held.door)

    def _read(self) -> dict[str, HeldDoor]:
        try:
            held = [HeldDoor(**each) for each in json.loads(self._file.read_text())]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            log.error("The file of doors that are held open cannot be read: look at them.", error=type(error).__name__)
            return {}
        return {_place(each): each for each in held}

    def _write(self, held: dict[str, HeldDoor]) -> None:
        data_folder.write(self._file, json.dumps([asdict(each) for each in held.values()]) + "\n")
        self._held = held


def _place(held: HeldDoor) -> str:
    return f"{held.terminal} {held.door}"


def _settings(held: HeldDoor) -> ConnectionSettings:
    return ConnectionSettings(address=held.address, options=held.options, zone=held.zone or "UTC")
