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
from doorsync.drivers.zkteco.driver import ZktecoDriver
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from tests.contracts.drivers import zkteco_memory
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


@dataclass
class ZktecoBench:
    """The emulator, in threads; its memory is looked at directly."""

    server: Server
    driver: Driver
    silent: bool = False

    @property
    def settings(self) -> ConnectionSettings:
        return ConnectionSettings(address=self.server.address, secret="8421", options={"zones": "4"})

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        device = self.server.device.memory
        return zkteco_memory.people(device) if kind is Kind.USER else zkteco_memory.schedules(device)

    def forget(self, kind: Kind, key: str) -> None:
        device = self.server.device.memory
        if kind is Kind.USER:
            device.drop(device.numbers[key])
        else:
            device.zones[int(key)] = zkteco_memory.ALWAYS

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        taken = self.server.device.memory.people
        uid = max(taken, default=0) + 1
        assert self.server.device.memory.store(Person(uid, key, name=name.encode(), privilege=14 if own else 0))

    def clear(self) -> None:
        self.server.device.memory.clear()
        for number in self.server.device.memory.zones:
            self.server.device.memory.zones[number] = zkteco_memory.ALWAYS

    def replace(self) -> None:
        self.clear()
        self.server.device.serial = f"{self.server.device.serial}9"

    def vanish(self) -> None:
        self.server.stop()
        self.silent = True

    def fall_silent(self) -> None:
        self.server.device.faults.silent = self.silent = True

    def recover(self) -> None:
        self.server.device.faults.silent = False
        if self.silent:
            self.server.stop()
            self.server.start()
        self.silent = False


@contextmanager
def zkteco(_folder: Path) -> Iterator[ZktecoBench]:
    with emulated(Device(memory=Memory(capacity=5), comm_key=8421)) as server:
        yield ZktecoBench(server, ZktecoDriver())


BENCHES: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {"virtual": virtual, "zkteco": zkteco}
