"""What the emulated terminal does with each request of a session: answers, in the order in which they go out."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from doorsync.drivers.zkteco.simulator import transfers
from doorsync.drivers.zkteco.simulator.faults import Faults
from doorsync.drivers.zkteco.simulator.memory import Memory, Person, read_row
from doorsync.drivers.zkteco.simulator.wire import Request, expected_key

OK, ERROR, UNAUTHORIZED, UNKNOWN, NO_SUCH = 2000, 2001, 2005, 65535, 4993
CONNECT, EXIT, AUTHENTICATE = 1000, 1001, 1102
Answers = list[tuple[int, bytes]]


@dataclass
class Device:
    """One terminal. It talks to one program at a time."""

    memory: Memory = field(default_factory=Memory)
    faults: Faults = field(default_factory=Faults)
    serial: str = "EMU4370000001"
    comm_key: int = 0
    has_zones: bool = True
    has_bulk: bool = True
    options: dict[str, str] = field(default_factory=dict)
    wall: Callable[[], datetime] = datetime.now
    clock_off: float = 0.0  # seconds ahead of the machine's clock, set by programs
    busy: bool = False  # set to "working..." by a program
    session: int = 0
    next_session: int = 4369
    asked: list[int] = field(default_factory=list)  # the codes of all requests, for tests
    unlocked: list[int] = field(default_factory=list)  # for how many tenths of a second programs had the lock opened

    def plate(self) -> dict[str, str]:
        """What it tells of itself by name."""
        plain = {
            "~SerialNumber": self.serial,
            "~DeviceName": "Emulator",
            "~Platform": "EMU_TFT",
            "~PIN2Width": "9",
            "~ZKFPVersion": "10",
        }
        return {**plain, "~ExtendFmt": "0", "~UserExtFmt": "0", "FaceFunOn": "0", "ZKFaceVersion": "0", **self.options}

    def open_session(self) -> int:
        """A number for the next session, or 0 while another is open."""
        if self.session:
            return 0
        self.next_session = (self.next_session + 77) & 0x7FFF or 1
        self.session = self.next_session
        return self.session

    def close_session(self, session: int) -> None:
        """The program has gone; one that died leaves the terminal at "working..."."""
        if session == self.session:
            self.session = 0


@dataclass
class Conversation:
    """One program's connection."""

    device: Device
    session: int = 0
    trusted: bool = False
    over: bool = False
    upload: bytearray | None = None
    prepared: bytes = b""

    def answers(self, request: Request) -> Answers:
        """What goes back, in order."""
        self.device.asked.append(request.code)
        if request.code in (CONNECT, AUTHENTICATE, EXIT):
            return [(self._begin_or_end(request), b"")]
        if not self.trusted or request.session != self.session:
            return [(UNAUTHORIZED, b"")]
        if request.code in self.device.faults.refused_commands:
            return [(ERROR, b"")]
        act = COMMANDS.get(request.code)
        try:
            return act(self, request.body) if act else [(UNKNOWN, b"")]
        except (struct.error, ValueError, IndexError):
            return [(ERROR, b"")]

    def _begin_or_end(self, request: Request) -> int:
        device = self.device
        if request.code == CONNECT:
            self.session = self.session or device.open_session()
            if not self.session:
                self.over = True
                return ERROR
            self.trusted = not device.comm_key
            return OK if self.trusted else UNAUTHORIZED
        if request.code == AUTHENTICATE:
            right = len(request.body) == 4 and request.body == expected_key(device.comm_key, self.session, request.body[2])
            self.trusted = self.trusted or right
            return OK if right else UNAUTHORIZED
        self.over, device.busy = True, False
        device.close_session(self.session)  # before the answer: who has it may connect again at once
        return OK


def _option(talk: Conversation, body: bytes) -> Answers:
    name = body.partition(b"\0")[0].decode("ascii")
    known = talk.device.plate()
    return [(OK, f"{name}={known[name]}\0".encode())] if name in known else [(UNKNOWN, b"")]


def _user(talk: Conversation, body: bytes) -> Answers:
    if len(body) != talk.device.memory.row:
        return [(ERROR, b"")]
    return [(OK if keep(talk.device, read_row(body)) else ERROR, b"")]


def keep(device: Device, person: Person) -> bool:
    """Store a person, unless a fault says otherwise."""
    faults = device.faults
    if person.user_id in faults.refused_users or "*" in faults.refused_users:
        return False
    if person.user_id in faults.forgotten_users or "*" in faults.forgotten_users:
        return True
    if faults.ignores_zones:
        person.zone_flag, person.zones = 0, (0, 0, 0)
    if faults.renames:
        person.name = faults.renames
    return device.memory.store(person)


def _remove(talk: Conversation, body: bytes) -> Answers:
    uid = int.from_bytes(body[:2], "little")
    person = talk.device.memory.people.get(uid)
    if person is None:
        return [(NO_SUCH, b"")]
    if person.user_id in talk.device.faults.kept_users or "*" in talk.device.faults.kept_users:
        return [(OK, b"")]
    return [(OK if talk.device.memory.drop(uid) else NO_SUCH, b"")]


def _counts(talk: Conversation, _: bytes) -> Answers:
    return [(OK, talk.device.memory.counts())]


def _clear(talk: Conversation, _: bytes) -> Answers:
    talk.device.memory.clear()
    return [(OK, b"")]


def _clear_log(talk: Conversation, _: bytes) -> Answers:
    talk.device.memory.log.clear()
    return [(OK, b"")]


def _read_clock(talk: Conversation, _: bytes) -> Answers:
    now = datetime.fromtimestamp(talk.device.wall().timestamp() + talk.device.clock_off)  # noqa: DTZ006 - a clock on a wall
    days = ((now.year - 2000) * 12 + now.month - 1) * 31 + now.day - 1
    return [(OK, (days * 86400 + now.hour * 3600 + now.minute * 60 + now.second).to_bytes(4, "little"))]


def _set_clock(talk: Conversation, body: bytes) -> Answers:
    days, second = divmod(int.from_bytes(body[:4], "little"), 86400)
    month, day = divmod(days, 31)
    told = datetime(2000 + month // 12, month % 12 + 1, day + 1, second // 3600, second // 60 % 60, second % 60)  # noqa: DTZ001
    talk.device.clock_off = (told - talk.device.wall()).total_seconds()
    return [(OK, b"")]


def _unlock(talk: Conversation, body: bytes) -> Answers:
    if len(body) != 4:
        return [(ERROR, b"")]
    talk.device.unlocked.append(int.from_bytes(body, "little"))
    return [(OK, b"")]


def _read_zone(talk: Conversation, body: bytes) -> Answers:
    number = int.from_bytes(body[:4], "little")
    days = talk.device.memory.zones.get(number) if talk.device.has_zones else None
    if days is None:
        return [(NO_SUCH, b"")]
    return [(OK, number.to_bytes(2, "little") + bytes(part for day in days for part in day) + b"\xa7\x1c")]


def _write_zone(talk: Conversation, body: bytes) -> Answers:
    number, parts = int.from_bytes(body[:4], "little"), body[4:]
    if len(parts) != 28 or number not in talk.device.memory.zones or not talk.device.has_zones:
        return [(ERROR, b"")]
    talk.device.memory.zones[number] = tuple(tuple(parts[at : at + 4]) for at in range(0, 28, 4))
    return [(OK, b"")]


def _read_user_zones(talk: Conversation, body: bytes) -> Answers:
    person = talk.device.memory.people[int.from_bytes(body[:2], "little")]
    return [(OK, struct.pack("<4H", person.zone_flag, *person.zones))]


def _write_user_zones(talk: Conversation, body: bytes) -> Answers:
    uid, flag, *zones = struct.unpack("<5I", body)
    person = talk.device.memory.people[uid]
    person.zone_flag, person.zones = flag, (zones[0], zones[1], zones[2])
    return [(OK, b"")]


def _read_group(talk: Conversation, body: bytes) -> Answers:
    zones = talk.device.memory.groups.get(body[0])
    return [(OK, struct.pack("<B3HB", body[0], *zones, 0))] if zones else [(NO_SUCH, b"")]


def _work(talk: Conversation, *, busy: bool) -> Answers:
    talk.device.busy = busy
    return [(OK, b"")]


def _nothing(_talk: Conversation, _: bytes) -> Answers:
    return [(OK, b"")]


COMMANDS: dict[int, Callable[[Conversation, bytes], Answers]] = {
    8: _user,
    11: _option,
    12: _nothing,
    14: _clear,
    15: _clear_log,
    18: _remove,
    23: _read_user_zones,
    24: _write_user_zones,
    25: _read_group,
    27: _read_zone,
    28: _write_zone,
    31: _unlock,
    50: _counts,
    110: transfers.save,
    201: _read_clock,
    202: _set_clock,
    500: _nothing,
    1002: lambda talk, _: _work(talk, busy=False),
    1003: lambda talk, _: _work(talk, busy=True),
    1013: _nothing,
    1100: lambda _, __: [(OK, b"Ver 6.60 Emulator\0")],
    1500: transfers.begin_upload,
    1501: transfers.take_piece,
    1502: transfers.free,
    1503: transfers.prepare_read,
    1504: transfers.read_piece,
}
