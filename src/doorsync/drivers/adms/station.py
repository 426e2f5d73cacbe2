"""The station: whom it talks to, and what each request of a terminal means. The HTTP around it stands in `listener`."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doorsync.drivers.adms.command_numbers import CommandNumbers
from doorsync.drivers.adms.lane import Lane
from doorsync.drivers.adms.protocol import handshake
from doorsync.drivers.adms.received_log import ReceivedLog
from doorsync.files import atomic

ALLOWED = "terminals.json"
SERIAL = re.compile(r"[A-Za-z0-9-]{4,32}")
KNOCKED = 100  # serial numbers that are kept of terminals that nobody uses
DELAY = 10  # seconds between polls


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a terminal."""

    text: str
    status: int = 200


OK = Reply("OK")
FULL = Reply("not stored", 500)  # the terminal sends it again
STRANGER = Reply("unknown terminal", 401)


class Station:
    """Talks to the terminals that a session was opened for, now or before a restart. Others are remembered, and told nothing."""

    def __init__(self, folder: Path, on_reconnected: Callable[[str], None], delay: int = DELAY) -> None:
        self._folder = folder
        self._on_reconnected = on_reconnected
        self._delay = delay
        self._numbers = CommandNumbers(folder)
        self._lock = threading.Lock()
        self._hours: dict[str, int | None] = {}
        self._lanes = {serial: Lane(self._numbers) for serial in self._kept()}
        self._logs: dict[str, ReceivedLog] = {}
        self.knocked: deque[str] = deque(maxlen=KNOCKED)

    def lane(self, serial: str, hours: int | None = None) -> Lane:
        """The lane of a terminal, which is talked to from now on. `hours` its clock is from UTC."""
        with self._lock:
            self._hours[serial] = hours
            if serial not in self._lanes:
                self._lanes[serial] = Lane(self._numbers)
                atomic.write(self._folder / ALLOWED, json.dumps(sorted(self._lanes)))
            return self._lanes[serial]

    def begin(self, serial: str) -> Reply:
        """Answer a terminal's first request."""
        if not self._known(serial):
            return STRANGER
        return Reply(handshake(serial, self._delay, self._hours.get(serial)))

    def poll(self, serial: str, info: str) -> Reply:
        """Answer a poll with commands."""
        lane = self._known(serial)
        if not lane:
            return STRANGER
        text, back = lane.poll(info)
        if back:
            self._on_reconnected(serial)
        return Reply(text)

    def acknowledge(self, serial: str, body: str) -> Reply:
        """Take the results of commands."""
        lane = self._known(serial)
        if lane:
            lane.acknowledge(body)
        return OK if lane else STRANGER

    def upload(self, serial: str, body: str) -> Reply:
        """Take an upload of people."""
        lane = self._known(serial)
        return Reply(f"OK: {lane.upload(body)}") if lane else STRANGER

    def take_events(self, serial: str, body: str) -> Reply:
        """Store access-log entries before answering, because the terminal then deletes them."""
        if not self._known(serial):
            return STRANGER
        try:
            return Reply(f"OK: {self.log(serial).take(body)}")
        except OSError:
            return FULL

    def log(self, serial: str) -> ReceivedLog:
        """The access log that a terminal has sent."""
        with self._lock:
            if serial not in self._logs:
                self._logs[serial] = ReceivedLog(self._folder, serial)
            return self._logs[serial]

    def _known(self, serial: str) -> Lane | None:
        lane = self._lanes.get(serial)
        if lane is None and SERIAL.fullmatch(serial) and serial not in self.knocked:
            self.knocked.append(serial)
        return lane

    def _kept(self) -> list[str]:
        path = self._folder / ALLOWED
        return [str(serial) for serial in json.loads(path.read_text())] if path.exists() else []
