"""Virtual terminals as processes of their own, and a reader that looks into their memory without asking them."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import ConnectionSettings, Found, Session, TerminalError, WriteAnswer
from doorsync.drivers.virtual import faults, lock, serial_number, tampering
from tests.factories.patience import PATIENCE
from tests.factories.programs import Program, line_of


def until(true: Callable[[], object], why: str) -> None:
    """Wait for something to become true, within a deadline."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


def by_key(found: Iterable[Found]) -> dict[str, Record]:
    """What a session found, each key once."""
    records = [each.record for each in found]
    keys = [record.key for record in records]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, records, strict=True))


def put(session: Session, *records: Record) -> None:
    """Write records, each by itself. Raises TerminalError when the terminal refuses one."""
    for record in records:
        _granted(session.put_many([record]), record.key)


def remove(session: Session, kind: Kind, key: str) -> None:
    """Remove one. Raises TerminalError when the terminal refuses."""
    _granted(session.remove_many(kind, [key]), key)


def _granted(answers: Iterable[WriteAnswer], key: str) -> None:
    (answer,) = answers
    assert answer.key == key
    if answer.refusal:
        raise TerminalError(answer.refusal, permanent=True, code=answer.code)


def listens(folder: Path) -> bool:
    """Whether the terminal of this folder takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int((folder / "port").read_text()))) == 0


def tell(folder: Path, **wrong: Any) -> None:
    """Tell a terminal what to do wrong. It looks for `gone` only now and then: this waits until it has seen it."""
    before = faults.read(folder).gone
    if (gone := faults.tell(folder, **wrong).gone) != before:
        until(lambda: listens(folder) is not gone, f"the terminal did not notice gone={gone}")


@dataclass
class VirtualTerminal:
    """One terminal: its folder, and its process while it runs."""

    folder: Path
    can: dict[str, Any] = field(default_factory=dict)
    process: Program | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{(self.folder / 'port').read_text().strip()}"

    def ask_for(self, secret: str) -> None:
        """It answers only who tells this secret."""
        lock.set_secret(self.folder, secret)

    @property
    def settings(self) -> ConnectionSettings:
        """How a driver reaches it."""
        return ConnectionSettings(address=self.address)

    def start(self) -> None:
        abilities = [part for name, value in self.can.items() for part in ("--can", f"{name}={json.dumps(value)}")]
        said = self.folder.with_name(f"{self.folder.name}.said")
        with said.open("w") as output:
            self.process = Program(["terminal", "run", str(self.folder), *abilities], os.environ, output=output)
        line_of(said, "listens on", self.process)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it, and tell its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    def wait_for_end(self) -> int:
        assert self.process
        self.process.wait(PATIENCE)
        return self.stop()

    def tell(self, **wrong: Any) -> None:
        """It answers the next request accordingly; one that is gone has stopped to listen."""
        tell(self.folder, **wrong)

    def behave(self) -> None:
        """Nothing is wrong any more; one that was gone listens again, unless its process has ended."""
        gone = faults.read(self.folder).gone
        faults.clear(self.folder)
        if gone:
            until(lambda: self.process is None or self.process.poll() is not None or listens(self.folder), "it did not come back")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections, and answers nothing until the block ends."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @property
    def serial(self) -> str:
        return serial_number.serial(self.folder)

    def enrol(self, key: str, name: str, *cards: str, own: bool = False) -> None:
        """Somebody enrols a person at the terminal itself."""
        tampering.enrol(self.folder, key=key, name=name, cards=cards, own=own)

    def empty(self, *, replaced: bool = False) -> None:
        tampering.empty(self.folder, replaced=replaced)

    def users(self) -> dict[str, dict[str, Any]]:
        """Who is in its memory, read from the file that its README documents."""
        rows = self.rows("SELECT key, name, cards, pin, schedules, until FROM user")
        names = ("name", "cards", "pin", "schedules", "until")
        return {key: _fields(names, rest) for key, *rest in rows}

    def schedules(self) -> dict[str, dict[str, Any]]:
        rows = self.rows("SELECT key, name, slots FROM schedule")
        return {key: _fields(("name", "slots"), rest) for key, *rest in rows}

    def opened(self) -> list[int]:
        """The doors that it opened because it was told to, in their order."""
        return [door for (door,) in self.rows("SELECT door FROM event WHERE reason = 'opened-remotely' ORDER BY position")]

    def change(self, statement: str, *values: object) -> None:
        """Change the memory behind everybody's back."""
        with closing(sqlite3.connect(self.folder / "memory.sqlite3", timeout=PATIENCE)) as base, base:
            base.execute(statement, values)

    def rows(self, query: str) -> list[Any]:
        """Ask the file of its memory."""
        with closing(sqlite3.connect(f"file:{self.folder / 'memory.sqlite3'}?mode=ro", uri=True, timeout=PATIENCE)) as base:
            return base.execute(query).fetchall()


def _fields(names: tuple[str, ...], values: list[str]) -> dict[str, Any]:
    lists = ("cards", "schedules", "slots")
    return {name: json.loads(value) if name in lists else value for name, value in zip(names, values, strict=True)}


@contextmanager
def virtual_terminal(folder: Path, **can: Any) -> Iterator[VirtualTerminal]:
    """Runs until the block ends."""
    terminal = VirtualTerminal(folder, can)
    terminal.start()
    try:
        yield terminal
    finally:
        terminal.stop()
