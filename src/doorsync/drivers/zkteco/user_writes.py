"""Writes people: many at once where the terminal can, and what that did not store one by one, so that a refusal has a name."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from doorsync.domain.record import Record
from doorsync.drivers.contract import UNKNOWN_SCHEDULE, TerminalError, WriteAnswer
from doorsync.drivers.zkteco import rows
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.protocol import Command
from doorsync.drivers.zkteco.records import Shape, Unfit, row_of, same
from doorsync.drivers.zkteco.rows import User
from doorsync.drivers.zkteco.user_table import FULL, UserTable, refusal_in
from doorsync.drivers.zkteco.zone_table import ZoneTable, number_in

LEAST = 4  # people for which an upload is worth its requests
SAVE = struct.pack("<IHH", 12, 0, 8)  # what other programs send to have an upload saved
OWN = "This number is one of the terminal's own administrators."
NO_SCHEDULE = "The terminal does not hold one of the time schedules."
ZONES_LOST = "The terminal does not keep time schedules of people, and would open at all times; the person is not in it."


class UserWriter:
    """Writes to one terminal in one session. `bulk` is switched off when the terminal turns out not to store what it took."""

    def __init__(self, connection: Connection, table: UserTable, zones: ZoneTable, shape: Shape, *, bulk: bool) -> None:
        self._connection = connection
        self._table = table
        self._zones = zones
        self._shape = shape
        self.bulk = bulk

    def put(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Add or replace. Raises TerminalError when the terminal is lost."""
        with self._connection.at_work():
            people = self._table.read()  # each time: who was enrolled at the terminal meanwhile keeps their slot
            free = iter(self._table.free_slots(len(records)))
            wanted: list[User] = []
            known = self._known_zones(records)
            for record in records:
                made = self._made(record, people.get(record.key), free, known)
                if isinstance(made, WriteAnswer):
                    yield made
                else:
                    wanted.append(made)
            missing = self._upload(wanted) if self.bulk and len(wanted) >= LEAST else wanted
            unsaid = {user.user_id for user in missing}
            yield from (WriteAnswer(key=user.user_id) for user in wanted if user.user_id not in unsaid)
            yield from self._one_by_one(missing)

    def remove(self, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """Remove one by one; templates go too."""
        with self._connection.at_work():
            yield from self.remove_meanwhile(keys)
            self._connection.refresh()

    def remove_meanwhile(self, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """As `remove`, while the terminal is already being worked on."""
        people = self._table.read()
        for key in keys:
            user = people.get(key)
            if user is None:
                yield WriteAnswer(key=key)
            elif user.administers:
                yield WriteAnswer(key=key, refusal=OWN)
            else:
                yield self._removed(user)

    def _made(self, record: Record, there: User | None, free: Iterator[int], known: set[int]) -> User | WriteAnswer:
        if there is not None and there.administers:
            return WriteAnswer(key=record.key, refusal=OWN)
        slot = there.slot if there else next(free, 0)
        if not slot:
            return WriteAnswer(key=record.key, refusal=FULL)
        try:
            row = row_of(record, slot, there, self._shape)
        except Unfit as unfit:
            return WriteAnswer(key=record.key, refusal=str(unfit))
        if not known.issuperset(row.zones):
            return WriteAnswer(key=record.key, refusal=NO_SCHEDULE, code=UNKNOWN_SCHEDULE)
        return row

    def _known_zones(self, records: Sequence[Record]) -> set[int]:
        """Those of the zones that these records name which hold a time schedule: one that does not is open at all times."""
        lists = [record.fields.get("schedules") for record in records]
        numbers = {number_in(str(key)) for keys in lists if isinstance(keys, list) for key in keys}
        named = self._table.named_zones()
        return {number for number in numbers if self._zones.read(number, named) is not None}

    def _upload(self, wanted: Sequence[User]) -> list[User]:
        """Write all at once; those that the terminal does not hold afterwards. Its own answer tells too little to be believed."""
        refused = False
        try:
            self._connection.upload(rows.upload(wanted, self._table.row))
            self._connection.granted(Command.SAVE_UPLOAD, SAVE, slow=True)
        except TerminalError as error:
            if not error.permanent:
                self.bulk = False  # it may take longer for so many than anybody waits
                raise
            refused = True
        self._connection.refresh()
        held = self._table.read()
        missing = [user for user in wanted if not same(user, held.get(user.user_id))]
        if len(missing) == len(wanted) or (missing and not refused):
            self.bulk = False
        return missing

    def _one_by_one(self, wanted: Sequence[User]) -> Iterator[WriteAnswer]:
        zoned: list[User] = []
        for user in wanted:
            try:
                self._connection.granted(Command.WRITE_USER, rows.pack_user(user, self._table.row), slow=True)
            except TerminalError as error:
                if not error.permanent:
                    raise
                new = user.user_id not in self._table.people
                yield WriteAnswer(key=user.user_id, refusal=refusal_in(error, self._table, new=new), code=error.code)
                continue
            self._table.keep([user])
            if user.zones:
                zoned.append(user)
            else:
                yield WriteAnswer(key=user.user_id)
        if wanted:
            self._connection.refresh()
        if zoned:
            yield from self._checked_zones(zoned)

    def _checked_zones(self, written: Sequence[User]) -> Iterator[WriteAnswer]:
        """Some terminals may take a person and leave out the zones, which would open at all times: those are removed again."""
        if lost := self._without_zones(written):
            for user in lost:
                numbers = (*user.zones, 0, 0, 0)[:3]
                self._connection.ask(
                    Command.WRITE_USER_ZONES, struct.pack("<5I", self._table.people[user.user_id].slot, 1, *numbers)
                )
            self._connection.refresh()
            lost = self._without_zones(written)
        for user in written:
            if user not in lost:
                yield WriteAnswer(key=user.user_id)
                continue
            self._removed(self._table.people[user.user_id])
            yield WriteAnswer(key=user.user_id, refusal=ZONES_LOST)

    def _without_zones(self, written: Sequence[User]) -> list[User]:
        held = self._table.read()
        return [user for user in written if user.user_id in held and sorted(held[user.user_id].zones) != sorted(user.zones)]

    def _removed(self, user: User) -> WriteAnswer:
        try:
            self._connection.granted(Command.DELETE_USER, struct.pack("<H", user.slot), slow=True)
        except TerminalError as error:
            if not error.permanent:
                raise
            return WriteAnswer(key=user.user_id, refusal="The terminal refused to remove this person.", code=error.code)
        self._table.drop(user)
        return WriteAnswer(key=user.user_id)
