"""For each make a bench: a terminal that its driver can reach, with a look into its memory that bypasses the driver."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from doorsync.domain.record import Kind
from doorsync.drivers.contract import ConnectionSettings, Driver
from doorsync.drivers.virtual import faults
from doorsync.drivers.virtual.driver import VirtualDriver
from tests.factories.terminals import VirtualTerminal, until, virtual_terminal


class Bench(Protocol):
    """What the contract's tests need of a make. The terminal can hold 5 users and 3 schedules."""

    driver: Driver

    @property
    def settings(self) -> ConnectionSettings: ...
    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]: ...
    def forget(self, kind: Kind, key: str) -> None: ...
    def enrol(self, key: str, name: str, *, own: bool) -> None: ...
    def clear(self) -> None: ...
    def replace(self) -> None: ...
    def vanish(self) -> None: ...
    def fall_silent(self) -> None: ...
    def recover(self) -> None: ...


@dataclass
class VirtualBench:
    terminal: VirtualTerminal
    driver: Driver

    @property
    def settings(self) -> ConnectionSettings:
        return self.terminal.settings

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        return self.terminal.users() if kind is Kind.USER else self.terminal.schedules()

    def forget(self, kind: Kind, key: str) -> None:
        self.terminal.change(f"DELETE FROM {kind.name.lower()} WHERE key = ?", key)

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        self.terminal.enrol(key, name, own=own)

    def clear(self) -> None:
        self.terminal.empty()

    def replace(self) -> None:
        self.terminal.empty(replaced=True)

    def vanish(self) -> None:
        self.terminal.stop()

    def fall_silent(self) -> None:
        self.terminal.tell(delay=60)

    def recover(self) -> None:
        if faults.read(self.terminal.folder).delay:  # what it was asked meanwhile it would do later, in another test
            self.terminal.stop(signal.SIGKILL)
        self.terminal.behave()
        if self.terminal.process is None:
            self.terminal.start()
        until(lambda: self.terminal.process and self.terminal.process.poll() is None, "the terminal did not come back")


@contextmanager
def virtual(folder: Path) -> Iterator[VirtualBench]:
    with virtual_terminal(folder, capacity=5, schedules=3) as terminal:
        yield VirtualBench(terminal, VirtualDriver())


BENCHES: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {"virtual": virtual}
