"""For each make a bench: a terminal that its driver can reach, with a look into its memory that bypasses the driver."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from doorsync.domain.record import Kind
from doorsync.drivers.adms.simulator import Caller, Terminal
from doorsync.drivers.adms.simulator import Person as CalledPerson
from doorsync.drivers.contract import ConnectionSettings, Driver
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.driver import SupremaDriver
from doorsync.drivers.suprema.simulator.device import Device as SupremaDevice
from doorsync.drivers.suprema.simulator.server import SimulatedGateway, simulated_gateway
from doorsync.drivers.uhppote.controller import Controller
from doorsync.drivers.uhppote.controller_memory import Card
from doorsync.drivers.uhppote.driver import UhppoteDriver
from doorsync.drivers.uhppote.simulator import controller_on_network
from doorsync.drivers.virtual import faults
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.drivers.zkteco.driver import ZktecoDriver
from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from doorsync.drivers.zwave.driver import ZwaveDriver
from tests.contracts.drivers import suprema_memory, uhppote_memory, zkteco_memory, zwave_memory
from tests.drivers.adms.terminals import calling, site
from tests.drivers.zwave.conftest import MockNetwork, mock_network
from tests.factories.terminals import VirtualTerminal, until, virtual_terminal

FAULTS = frozenset({"full", "silent", "gone", "lie"})  # takes nobody new, does not answer, cannot be reached, stores nothing


class Bench(Protocol):
    """What the contract's tests need of a make. The terminal can hold 5 users and 3 schedules.

    `can_fail`: the faults that it can make. The others are named in the driver's scale.yaml, with the reason.
    `opened`: the doors that it opened because it was told to, one after the other, since it began.
    """

    can_fail: ClassVar[frozenset[str]]
    driver: Driver
    own_administrators: bool  # whether its terminals have administrators of their own

    @property
    def settings(self) -> ConnectionSettings: ...
    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]: ...
    def forget(self, kind: Kind, key: str) -> None: ...
    def enrol(self, key: str, name: str, *, own: bool) -> None: ...
    def clear(self) -> None: ...
    def replace(self) -> None: ...
    def vanish(self) -> None: ...
    def fall_silent(self) -> None: ...
    def lie(self) -> None: ...
    def recover(self) -> None: ...
    def opened(self) -> list[int]: ...


@dataclass
class VirtualBench:
    can_fail: ClassVar[frozenset[str]] = FAULTS
    terminal: VirtualTerminal
    driver: Driver
    own_administrators: bool = True

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

    def lie(self) -> None:
        self.terminal.tell(lie="drop")

    def opened(self) -> list[int]:
        return self.terminal.opened()

    def recover(self) -> None:
        if faults.read(self.terminal.folder).delay:  # what it was asked meanwhile it would do later, in another test
            self.terminal.stop(signal.SIGKILL)
        self.terminal.behave()
        if self.terminal.process is None:
            self.terminal.start()
        until(lambda: self.terminal.process and self.terminal.process.poll() is None, "the terminal did not come back")


@contextmanager
def virtual(folder: Path, capacity: int = 5) -> Iterator[VirtualBench]:
    with virtual_terminal(folder, capacity=capacity, schedules=3) as terminal:
        yield VirtualBench(terminal, VirtualDriver())


@dataclass
class ZktecoBench:
    """The emulator, in threads; its memory is looked at directly."""

    can_fail: ClassVar[frozenset[str]] = FAULTS
    server: Server
    driver: Driver
    own_administrators: bool = True
    silent: bool = False

    @property
    def settings(self) -> ConnectionSettings:
        """Once the last session has ended: it knows one at a time, and hears of the end of a connection a little later."""
        until(lambda: not self.server.device.session, "the terminal did not notice the end of the session")
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

    def lie(self) -> None:
        self.server.device.faults.forgotten_users = {"*"}

    def opened(self) -> list[int]:
        return [1] * len(self.server.device.unlocked)

    def recover(self) -> None:
        self.server.device.faults.silent = False
        self.server.device.faults.forgotten_users = set()
        if self.silent:
            self.server.stop()
            self.server.start()
        self.silent = False


@contextmanager
def zkteco(_folder: Path, capacity: int = 5) -> Iterator[ZktecoBench]:
    with emulated(Device(memory=Memory(capacity=capacity), comm_key=8421)) as server:
        yield ZktecoBench(server, ZktecoDriver())


@dataclass
class UhppoteBench:
    """The simulated controller, in threads; its database is looked at."""

    can_fail: ClassVar[frozenset[str]] = FAULTS - {"gone"}
    folder: Path
    running: SimulatedController
    driver: Driver
    own_administrators: bool = False

    @property
    def settings(self) -> ConnectionSettings:
        options = {"doors": "12", "cards": str(self.running.controller.capacity)}
        return ConnectionSettings(address=f"127.0.0.1:{self.running.port}", options=options)

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        return uhppote_memory.cards(self.folder) if kind is Kind.USER else uhppote_memory.schedules(self.folder)

    def forget(self, kind: Kind, key: str) -> None:
        self.running.controller.memory.remove(int(key))

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        self.running.controller.memory.put(Card(int(key), "2000-01-01", "2099-12-31", (1, 1, 1, 1)))

    def clear(self) -> None:
        self.running.controller.memory.erase_cards()
        self.running.controller.memory.erase_profiles()

    def replace(self) -> None:
        self.clear()
        self.running.controller.serial += 1

    def vanish(self) -> None:
        self.fall_silent()  # over UDP the one looks like the other

    def fall_silent(self) -> None:
        self.running.controller.faults.silent = True

    def lie(self) -> None:
        self.running.controller.faults.lies = True

    def opened(self) -> list[int]:
        return self.running.controller.opened

    def recover(self) -> None:
        self.running.controller.faults.silent = self.running.controller.faults.lies = False


@dataclass
class SimulatedController:
    controller: Controller
    port: int


@contextmanager
def uhppote(folder: Path, capacity: int = 5) -> Iterator[UhppoteBench]:
    with controller_on_network(folder, capacity=capacity) as (controller, port):
        yield UhppoteBench(folder, SimulatedController(controller, port), UhppoteDriver())


@dataclass
class ZwaveBench:
    """A mock lock of Z-Wave JS; its memory is asked for past the network."""

    can_fail: ClassVar[frozenset[str]] = FAULTS - {"gone", "lie"}
    network: MockNetwork
    driver: Driver
    own_administrators: bool = True
    node: int = 2

    @property
    def settings(self) -> ConnectionSettings:
        return ConnectionSettings(address=self.network.address(self.node))

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        return zwave_memory.people(self.network.ask("memory", self.node)) if kind is Kind.USER else {}

    def forget(self, kind: Kind, key: str) -> None:
        for name in zwave_memory.names_of(int(key)):
            self.network.ask("forget", self.node, key=name)

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        value = {"userType": 3 if own else 0, "active": True, "credentialRule": 1, "userName": name}
        self.network.ask("set", self.node, key=f"user_{key}", value={**value, "expiringTimeoutMinutes": 0, "nameEncoding": 0})

    def clear(self) -> None:
        self.network.ask("clear", self.node)

    def replace(self) -> None:
        """Another lock gets another node."""
        self.node = 5 - self.node
        self.clear()

    def vanish(self) -> None:
        self.network.pause()

    def fall_silent(self) -> None:
        self.network.pause()

    def lie(self) -> None:
        raise NotImplementedError

    def opened(self) -> list[int]:
        return []

    def recover(self) -> None:
        self.network.go_on()


@contextmanager
def zwave(_folder: Path, capacity: int = 5) -> Iterator[ZwaveBench]:
    with mock_network(slots=capacity, nodes=(2, 3)) as network:
        yield ZwaveBench(network, ZwaveDriver())


@dataclass
class AdmsBench:
    """The emulated terminal, which calls the station; its memory is looked at directly."""

    can_fail: ClassVar[frozenset[str]] = FAULTS - {"lie"}
    caller: Caller
    driver: Driver
    own_administrators: bool = True

    @property
    def settings(self) -> ConnectionSettings:
        return ConnectionSettings(address=self.caller.terminal.serial, options={"capacity": str(self.caller.terminal.capacity)})

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        people = self.caller.terminal.people if kind is Kind.USER else {}
        return {
            number: {"name": one.name, "cards": [one.card] if one.card else [], "pin": one.password, "schedules": []}
            for number, one in people.items()
        }

    def forget(self, kind: Kind, key: str) -> None:
        assert kind is Kind.USER
        del self.caller.terminal.people[key]

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        self.caller.terminal.people[key] = CalledPerson(name, privilege=14 if own else 0)

    def clear(self) -> None:
        self.caller.terminal.people.clear()

    def replace(self) -> None:
        self.clear()
        self.caller.terminal.serial = f"{self.caller.terminal.serial}9"
        self.vanish()
        self.caller.start()

    def vanish(self) -> None:
        self.caller.stop()

    def fall_silent(self) -> None:
        self.caller.terminal.executes = False

    def lie(self) -> None:
        raise NotImplementedError

    def opened(self) -> list[int]:
        return []

    def recover(self) -> None:
        self.caller.stop()
        self.caller.terminal.executes = True
        self.caller.start()


@contextmanager
def adms(folder: Path, capacity: int = 5) -> Iterator[AdmsBench]:
    with site(folder) as where, calling(where, Terminal(capacity=capacity)) as caller:
        yield AdmsBench(caller, where.driver)


@dataclass
class SupremaBench:
    """The simulated gateway, in threads; its device is looked at directly."""

    can_fail: ClassVar[frozenset[str]] = FAULTS
    gateway: SimulatedGateway
    driver: Driver
    own_administrators: bool = True

    @property
    def device(self) -> SupremaDevice:
        return self.gateway.devices[0]

    @property
    def settings(self) -> ConnectionSettings:
        address = f"127.0.0.1:{self.gateway.port}#{self.device.id}"
        return ConnectionSettings(address=address, options={"certificate": self.gateway.certificate.fingerprint})

    def memory(self, kind: Kind) -> dict[str, dict[str, Any]]:
        return suprema_memory.people(self.device) if kind is Kind.USER else suprema_memory.schedules(self.device)

    def pin_hashes(self) -> dict[str, str]:
        """By key, in hex: which PIN it is cannot be read."""
        return {key: user.PIN.hex() for key, user in self.device.users.items()}

    def forget(self, kind: Kind, key: str) -> None:
        assert kind is Kind.USER
        del self.device.users[key]

    def enrol(self, key: str, name: str, *, own: bool) -> None:
        self.device.users[key] = gsdk.UserInfo(hdr=gsdk.UserHdr(ID=key), name=name)
        if own:
            self.device.operators[key] = 1

    def clear(self) -> None:
        self.device.clear()

    def replace(self) -> None:
        """Another device has another number, and the terminal another address."""
        self.device.id += 1
        self.clear()

    def vanish(self) -> None:
        self.gateway.stop()

    def fall_silent(self) -> None:
        self.gateway.silent.set()

    def lie(self) -> None:
        self.device.faults.lying = True

    def opened(self) -> list[int]:
        return []

    def recover(self) -> None:
        self.device.faults.lying = False
        self.gateway.silent.clear()
        if not self.gateway.running:
            self.gateway.start()


@contextmanager
def suprema(_folder: Path, capacity: int = 5) -> Iterator[SupremaBench]:
    device = SupremaDevice(capacity=capacity)
    device.clear()
    with simulated_gateway(device) as gateway:
        yield SupremaBench(gateway, SupremaDriver())


BENCHES: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {
    "adms": adms,
    "suprema": suprema,
    "uhppote": uhppote,
    "virtual": virtual,
    "zkteco": zkteco,
    "zwave": zwave,
}


CAN_FAIL = {
    "adms": AdmsBench.can_fail,
    "suprema": SupremaBench.can_fail,
    "uhppote": UhppoteBench.can_fail,
    "virtual": VirtualBench.can_fail,
    "zkteco": ZktecoBench.can_fail,
    "zwave": ZwaveBench.can_fail,
}
