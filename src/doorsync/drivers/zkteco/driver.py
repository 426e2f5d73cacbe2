"""The driver of ZKTeco terminals with the standalone protocol: the contract of `drivers/contract.py`."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, ConnectionSettings, Found, TerminalError, WriteAnswer
from doorsync.drivers.make import Evidence, EvidenceLevel, Make, Option
from doorsync.drivers.zkteco import identity, protocol, zones
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.event_log import EventLog
from doorsync.drivers.zkteco.protocol import Command
from doorsync.drivers.zkteco.records import found_in
from doorsync.drivers.zkteco.user_table import UserTable
from doorsync.drivers.zkteco.user_writes import UserWriter
from doorsync.drivers.zkteco.zone_table import ZoneTable, number_in
from doorsync.messages.terminal_codes import TerminalCode

OPEN_SECONDS = 3  # as other programs open it


class ZktecoDriver:
    """Reaches terminals at HOST or HOST:PORT."""

    make: ClassVar[Make] = Make(
        name="zkteco",
        title="ZKTeco, standalone protocol (port 4370)",
        address="192.168.1.201:4370",
        secret="Comm key",  # noqa: S106 - what it is called
        options=(
            Option(name="letters", title="Code page of names", default="utf-8", choices=("utf-8", "latin-1", "gb18030", "ascii")),
            Option(name="row", title="Bytes of a user, where nobody is in it yet", default="72", choices=("72", "28")),
            Option(name="zones", title="Time zones that it has", default="50", pattern="[0-9]{1,2}"),
            Option(name="bulk", title="Write many people at once", default="yes", choices=("yes", "no")),
        ),
        records_per_write=1000,
        evidence=Evidence(
            level=EvidenceLevel.FOREIGN_CLIENTS,
            against=(
                "pyzk 0.9",
                "pyzk2 0.2",
                "essl-f22-sdk 0.1.0",
                "zkteco-js 1.7.2",
                "packets captured from terminals, published",
            ),
            ours="the emulator",
            not_shown=(
                "any real terminal",
                "what a real terminal does when a bulk write does not fit",
                "how fast its flash is",
                "code pages other than UTF-8",
                "what a terminal without a lock answers when it is told to open it",
                "the encrypted protocol of newer firmware, which is not spoken",
            ),
        ),
        warnings=(
            "This driver was never tried on a real terminal.",
            "Its traffic is not encrypted, and cards and PINs are in it: put the terminal on a network of its own.",
        ),
    )

    def __init__(self) -> None:
        self._without_bulk: set[str] = set()  # addresses of terminals that turned out not to store what they took in bulk

    def lane(self, settings: ConnectionSettings) -> str:
        """Each terminal has its own, and talks to one program at a time."""
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[ZktecoSession]:
        """Connect, with the comm key where the terminal asks for one."""
        connection = Connection(settings.address, settings.secret, timeout)
        try:
            wished = settings.options.get("bulk", "yes") == "yes" and settings.address not in self._without_bulk
            session = ZktecoSession(connection, settings.options, bulk=wished)
            try:
                yield session
            finally:
                if wished and not session.bulk:
                    self._without_bulk.add(settings.address)
        finally:
            connection.close()


class ZktecoSession:
    """An open conversation."""

    def __init__(self, connection: Connection, options: Mapping[str, str], *, bulk: bool) -> None:
        self._connection = connection
        self._plate = identity.read_plate(connection)
        self._table = UserTable(connection)
        self._shape = identity.shape_of(self._table, self._plate, options)
        self._zones = ZoneTable(connection, self._shape.zones)
        self._log = EventLog(connection, self._table)
        self._writer = UserWriter(connection, self._table, self._zones, self._shape, bulk=bulk)

    @property
    def bulk(self) -> bool:
        """Whether many people are still written at once."""
        return self._writer.bulk

    def about(self) -> About:
        """Serial number, counts and clock are asked anew each time."""
        counts = self._table.count()
        return About(
            serial=self._serial(),
            model=self._plate.model,
            firmware=self._plate.firmware,
            users=counts.users,
            templates=counts.templates,
            clock=identity.read_clock(self._connection),
            can=self._shape.can(counts),
        )

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """People cost as much as all of them; time schedules are read one by one."""
        if kind is Kind.USER:
            people = self._table.read() if keys else {}
            yield from (found_in(people[key], self._shape) for key in dict.fromkeys(keys) if key in people)
            return
        named = self._named(keys)
        for number in dict.fromkeys(number_in(key) for key in keys if str(number_in(key)) == key):
            if (days := self._zones.read(number, named)) is not None:
                yield Found(record=zones.record_in(number, days))

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """A table of people comes whole; time zones one by one."""
        if kind is Kind.USER:
            yield from (found_in(user, self._shape) for user in self._table.read().values())
            return
        for number, days in self._zones.all(self._named([""])):
            yield Found(record=zones.record_in(number, days))

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """People in one upload where that works; time schedules one by one."""
        if records and records[0].kind is Kind.SCHEDULE:
            with self._connection.at_work():
                yield from self._zones.put(records)
                self._connection.refresh()
        elif records:
            yield from self._writer.put(records)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """One by one. A time zone cannot be removed: it is closed."""
        if kind is Kind.USER:
            yield from self._writer.remove(keys)
            return
        with self._connection.at_work():
            yield from self._zones.remove(keys, self._named(keys))
            self._connection.refresh()

    def erase(self) -> None:
        """One by one: what a terminal offers to clear everything takes its administrators and its log too."""
        with self._connection.at_work():
            people = self._table.read()
            kept = {zone for user in people.values() if user.administers for zone in user.zones}
            told = list(self._writer.remove_meanwhile([user.user_id for user in people.values() if not user.administers]))
            removed = [str(number) for number, _ in self._zones.all(self._table.named_zones()) if number not in kept]
            list(self._zones.remove(removed, kept))
            self._connection.refresh()
        if any(answer.refusal for answer in told):
            raise TerminalError(TerminalCode.REMOVALS_REFUSED(), permanent=True)

    def change_mark(self) -> str:
        """How many people and administrators there are."""
        counts = self._table.count()
        return f"{counts.users}/{counts.administrators}"

    def set_clock(self, wall: datetime) -> None:
        """Takes effect at once."""
        self._connection.granted(Command.WRITE_CLOCK, struct.pack("<I", protocol.encode_clock(wall)))
        self._connection.refresh()

    def open_door(self, door: int, *, within: float) -> None:
        """Switch the relay of the lock for a few seconds; the request says for how long, in tenths of a second."""
        if door != 1:
            raise TerminalError(TerminalCode.DOOR_NOT_OPENED_FROM_HERE(), permanent=True)
        self._connection.hurry(within)
        self._connection.granted(Command.UNLOCK, struct.pack("<I", 10 * OPEN_SECONDS))

    def events(self, after: LogPosition, most: int) -> LogPage:
        """Whom the terminal recognised. A full log that drops its oldest rows looks like another one, and is read again."""
        return self._log.page(self._serial(), after, most)

    def clear_events(self, upto: LogPosition) -> None:
        """Only when nothing was added since: a terminal empties its log or leaves it."""
        self._log.clear(self._serial(), upto)

    def _serial(self) -> str:
        return identity.read_option(self._connection, "~SerialNumber")

    def _named(self, keys: Collection[str]) -> Collection[int]:
        """The time zones that somebody has; a zone with the hours that it came with is a time schedule then."""
        if keys and self._zones.last:
            self._table.current()
        return self._table.named_zones()
