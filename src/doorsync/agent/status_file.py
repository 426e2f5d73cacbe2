"""The running agent's status in a small file: its address, its connection to the hub, the last result of each terminal.

People read it, through `doorsync agent status` and `doctor`. Nothing depends on it but how soon a terminal that was lost is
looked for after a restart. It holds no names of people and no secrets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ValidationError

from doorsync.agent.logs import log
from doorsync.files import atomic
from doorsync.messages.schemas import Device

FILE = "status.json"
LOST = ("not-reached", "other-device")  # states of receipts
NOT_TRIED = (*LOST, "secret-refused")  # of these nobody asks more than the hub does: a wrong secret may lock a terminal
LATELY = timedelta(minutes=15)  # the hub tries a lost terminal every 5 minutes, as long as it has something for it


class TerminalStatus(BaseModel):
    """What became of the last batch for a terminal; the serial number and the count of people that it told then, if known."""

    name: str = ""  # as the hub calls it; a batch of an older hub has none
    make: str
    address: str
    state: str
    message: str = ""
    serial: str = ""
    users: int | None = None
    at: datetime


class Status(BaseModel):
    """The file's content. `courier` is the cloud courier: connecting, connected, away or off."""

    started: datetime
    url: str
    courier: str = "off"
    since: datetime
    why: str = ""
    terminals: dict[str, TerminalStatus] = {}


def read_status(folder: Path) -> Status | None:
    """What the agent that runs, or ran last, said; None when there is nothing to read."""
    try:
        return Status.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


class StatusFile:
    """The status, which the agent's threads update. A full disk stops none of them."""

    def __init__(self, folder: Path | None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Start from the terminals in the file of `folder`. Without a folder nothing is written."""
        before = read_status(folder) if folder else None
        self._seen: dict[str, Device] = {}
        self._path, self._now, self._lock = folder and folder / FILE, now, threading.Lock()
        self._status = Status(started=now(), url="", since=now(), terminals=before.terminals if before else {})

    def started(self, url: str, *, cloud: bool) -> None:
        """Note that the agent listens, and whether it dials out."""
        self._change(url=url, started=self._now(), courier="connecting" if cloud else "off", since=self._now(), why="")

    def connected(self) -> None:
        """Note that the hub took the agent's hello."""
        if self._status.courier != "connected":
            self._change(courier="connected", since=self._now(), why="")

    def away(self, why: str) -> None:
        """Note that the hub does not answer, or refuses this agent."""
        since = self._status.since if self._status.courier == "away" else self._now()
        self._change(courier="away", since=since, why=why)

    def saw(self, terminal: str, device: Device) -> None:
        """Note what a terminal reports of itself at the end of a batch."""
        self._seen[terminal] = device

    def answered(
        self, terminal: str, *, make: str, address: str, state: str, message: str, serial: str = "", name: str = ""
    ) -> None:
        """A batch for a terminal has its receipt. `serial`: of the device that was meant, if anybody knows."""
        seen = self._seen.pop(terminal, None)
        last = TerminalStatus(
            name=name,
            make=make,
            address=address,
            state=state,
            message=message,
            serial=serial or (seen.serial if seen else ""),
            users=seen.users if seen else None,
            at=self._now(),
        )
        self._change(terminals={**self._status.terminals, terminal: last})

    def noticed(self, terminal: str, last: TerminalStatus, serial: str, users: int | None) -> None:
        """The hub knows that a terminal tells something else now than after its last batch; unless there was another since."""
        if self._status.terminals.get(terminal) == last:
            now = last.model_copy(update={"serial": serial, "users": users})
            self._change(terminals={**self._status.terminals, terminal: now})

    def lost(self) -> dict[str, TerminalStatus]:
        """The terminals at whose address a moment ago nobody answered, or another device."""
        since = self._now() - LATELY
        terminals = self._status.terminals.items()
        return {name: last for name, last in terminals if last.state in LOST and last.at > since}

    def quiet(self) -> dict[str, TerminalStatus]:
        """The terminals that were reached by their last batch, and of which something is known that would tell a change."""
        terminals = self._status.terminals.items()
        return {name: last for name, last in terminals if last.state not in NOT_TRIED and (last.serial or last.users is not None)}

    def _change(self, **changed: object) -> None:
        with self._lock:
            self._status = self._status.model_copy(update=changed)
            if self._path is None:
                return
            try:
                atomic.write(self._path, self._status.model_dump_json(), durable=False)
            except OSError as error:
                log.warning("The status file cannot be written.", why=error.strerror)
