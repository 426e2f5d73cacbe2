"""Reads and writes the time zones of a terminal."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence

from doorsync.domain.record import Record
from doorsync.drivers.contract import TerminalError, WriteAnswer
from doorsync.drivers.zkteco import rows, zones
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.protocol import Command, Garbled, Reply
from doorsync.drivers.zkteco.records import Unfit
from doorsync.drivers.zkteco.rows import Days

FIRST = 2  # the first zone is what groups of people have, and stays the terminal's own


class ZoneTable:
    """Zones up to `last`; none where `last` is 0."""

    def __init__(self, connection: Connection, last: int) -> None:
        self._connection = connection
        self.last = last
        self._written: set[int] = set()

    def read(self, number: int, named: Collection[int]) -> Days | None:
        """The hours of a zone that is somebody's time schedule; None of one that is free. Raises TerminalError.

        Hours like those that a terminal comes with are a time schedule where somebody has it, or where it was just written.
        """
        if not FIRST <= number <= self.last:
            return None
        answer = self._connection.ask(Command.READ_ZONE, struct.pack("<I", number))
        if answer.command != Reply.OK:
            return None
        try:
            days = rows.unpack_zone(answer.data)
        except Garbled as error:
            raise self._connection.confused() from error
        if days == zones.REMOVED:
            return None
        return days if zones.holds_something(days) or number in named or number in self._written else None

    def all(self, named: Collection[int]) -> Iterator[tuple[int, Days]]:
        """Each that is somebody's time schedule. Raises TerminalError."""
        for number in range(FIRST, self.last + 1):
            if (days := self.read(number, named)) is not None:
                yield number, days

    def put(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Write one after the other."""
        for record in records:
            number = number_in(record.key)
            if not FIRST <= number <= self.last:
                yield WriteAnswer(key=record.key, refusal="The terminal has no such time zone.")
                continue
            try:
                self._write(number, zones.days_of(record))
                yield WriteAnswer(key=record.key)
            except Unfit as unfit:
                yield WriteAnswer(key=record.key, refusal=str(unfit))
            except TerminalError as error:
                if not error.permanent:
                    raise
                yield WriteAnswer(key=record.key, refusal="The terminal refused to keep this time schedule.", code=error.code)

    def remove(self, keys: Sequence[str], named: Collection[int]) -> Iterator[WriteAnswer]:
        """Close them: a zone cannot be removed, and who still names it must stay outside."""
        for key in keys:
            number = number_in(key)
            if self.read(number, named) is not None:
                self._write(number, zones.REMOVED)
            yield WriteAnswer(key=key)

    def _write(self, number: int, days: Days) -> None:
        self._connection.granted(Command.WRITE_ZONE, rows.pack_zone(number, days))
        self._written.add(number)


def number_in(key: str) -> int:
    """The zone that a key names, 0 for none."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 5 else 0
