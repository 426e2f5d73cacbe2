"""What the emulated terminal remembers: users, time zones, the log. Rows are kept as values, and read and written as bytes."""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass, field
from typing import Any

ALWAYS = ((0, 0, 23, 59),) * 7
ZONES = 50
LARGE = struct.Struct("<HB8s24sIBHHHH24s")


@dataclass(slots=True)
class Person:
    """A row of the user table."""

    uid: int
    user_id: str
    name: bytes = b""
    password: bytes = b""
    card: int = 0
    privilege: int = 0
    group: int = 1
    zone_flag: int = 0
    zones: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True)
class Punch:
    """A row of the log; `clock` as the protocol counts it."""

    uid: int
    user_id: str
    clock: int
    how: int = 1
    state: int = 0


@dataclass
class Memory:
    """All of it. Hold `lock` while looking at more than one thing."""

    capacity: int = 1000
    row: int = 72
    log_row: int = 40
    people: dict[int, Person] = field(default_factory=dict)
    zones: dict[int, tuple[tuple[int, ...], ...]] = field(default_factory=lambda: dict.fromkeys(range(1, ZONES + 1), ALWAYS))
    groups: dict[int, tuple[int, int, int]] = field(default_factory=lambda: {1: (1, 0, 0)})
    log: list[Punch] = field(default_factory=list)
    templates: dict[tuple[int, int], bytes] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # uid by user id
    lock: Any = field(default_factory=threading.RLock)

    def by_id(self, user_id: str) -> Person | None:
        """The person with this number."""
        return self.people.get(self.numbers.get(user_id, 0))

    def store(self, person: Person) -> bool:
        """Add or replace under its uid; False where there is no room, or where another has the number."""
        with self.lock:
            holder = self.by_id(person.user_id)
            if (person.uid not in self.people and len(self.people) >= self.capacity) or not person.uid:
                return False
            if holder is not None and holder.uid != person.uid:
                return False
            if before := self.people.get(person.uid):
                del self.numbers[before.user_id]
            self.people[person.uid], self.numbers[person.user_id] = person, person.uid
            return True

    def drop(self, uid: int) -> bool:
        """Forget the person and their templates."""
        with self.lock:
            for key in [key for key in self.templates if key[0] == uid]:
                del self.templates[key]
            gone = self.people.pop(uid, None)
            if gone:
                del self.numbers[gone.user_id]
            return gone is not None

    def clear(self) -> None:
        """Forget all people, templates and the log; time zones stay."""
        with self.lock:
            self.people.clear()
            self.numbers.clear()
            self.templates.clear()
            self.log.clear()

    def user_table(self) -> bytes:
        """All rows."""
        with self.lock:
            return b"".join(write_row(self.people[uid], self.row) for uid in sorted(self.people))

    def log_table(self) -> bytes:
        """All rows of the log."""
        with self.lock:
            return b"".join(_log_row(punch, self.log_row) for punch in self.log)

    def counts(self) -> bytes:
        """The 92 bytes of the counts."""
        with self.lock:
            words = [0] * 23
            words[4], words[6], words[8] = len(self.people), len(self.templates), len(self.log)
            words[12] = sum(1 for person in self.people.values() if person.privilege & 14)
            words[14], words[15], words[16] = 3000, self.capacity, 100_000
            words[18] = self.capacity - len(self.people)
            return struct.pack("<23I", *words)


def read_row(row: bytes) -> Person:
    """A person from the 72 or 28 bytes that a program wrote."""
    if len(row) == 28:
        uid, privilege, password, name, card, group, zone, number = struct.unpack("<HB5s8sIxBhI", row)
        return Person(uid, str(number), _cut(name), _cut(password), card, privilege, group, zone)
    if len(row) != 72:
        raise ValueError(len(row))
    uid, privilege, password, name, card, group, flag, *zones, number = LARGE.unpack(row)
    user_id = _cut(number).decode("ascii")
    return Person(uid, user_id, _cut(name), _cut(password), card, privilege, group, flag, (zones[0], zones[1], zones[2]))


def write_row(person: Person, size: int) -> bytes:
    """The row as programs read it."""
    if size == 28:
        head = struct.pack("<HB5s8sI", person.uid, person.privilege, person.password, person.name, person.card)
        return head + struct.pack("<xBhI", person.group & 0xFF, person.zone_flag, int(person.user_id))
    words = (person.uid, person.privilege, person.password, person.name, person.card, person.group, person.zone_flag)
    return LARGE.pack(*words, *person.zones, person.user_id.encode("ascii"))


def _log_row(punch: Punch, size: int) -> bytes:
    if size == 8:
        return struct.pack("<HBIB", punch.uid, punch.how, punch.clock, punch.state)
    if size == 16:
        return struct.pack("<IIBB2xI", int(punch.user_id), punch.clock, punch.how, punch.state, 0)
    row = struct.pack("<H24sBIB", punch.uid, punch.user_id.encode("ascii"), punch.how, punch.clock, punch.state)
    return row + bytes.fromhex("00000000ff000000")


def _cut(text: bytes) -> bytes:
    return text.partition(b"\0")[0]
