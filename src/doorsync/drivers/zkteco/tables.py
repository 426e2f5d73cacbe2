"""Tables of a terminal: small ones come at once, large ones in pieces, of which only those that are wanted are read."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from doorsync.drivers.zkteco import protocol, rows
from doorsync.drivers.zkteco.connection import Connection, refused
from doorsync.drivers.zkteco.protocol import Command, Garbled, Reply

HEAD = 4  # bytes before the rows
LARGEST = 64 << 20  # bytes, whatever a terminal says


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table. `size` is that of all of them in bytes; `whole` where they came at once."""

    connection: Connection
    size: int
    whole: bytes | None

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """The bytes from `start` to before `end`. Raises TerminalError."""
        end = self.size if end is None else end
        if self.whole is not None:
            return self.whole[start:end]
        starts = range(start, end, protocol.READ_PIECE)
        return b"".join(self._piece(each + HEAD, min(protocol.READ_PIECE, end - each)) for each in starts)

    def _piece(self, start: int, size: int) -> bytes:
        """One piece: all in one packet, or announced, in several, and with a word at the end."""
        connection = self.connection
        answer = connection.ask(Command.READ_PIECE, struct.pack("<ii", start, size))
        data = answer.data if answer.command == Command.DATA else b""
        if answer.command == Command.PREPARE_DATA:
            while (answer := connection.next(time.monotonic() + connection.timeout)).command == Command.DATA and len(
                data
            ) <= size:
                data += answer.data
        if answer.command not in (Command.DATA, Reply.OK):
            raise refused(answer)
        if len(data) != size:
            raise connection.confused()
        return data


@contextmanager
def opened(connection: Connection, command: int, what: int = 0) -> Iterator[Table]:
    """A table, until the terminal may forget it again. Raises TerminalError."""
    answer = connection.ask(Command.PREPARE_READ, struct.pack("<bhii", 1, command, what, 0))
    if answer.command == Command.DATA:
        try:
            whole = rows.table(answer.data)
        except Garbled as error:
            raise connection.confused() from error
        yield Table(connection, len(whole), whole)
        return
    if answer.command != Reply.OK or len(answer.data) < 1 + HEAD:
        raise refused(answer)
    size = int.from_bytes(answer.data[1:5], "little") - HEAD
    if not 0 <= size <= LARGEST:
        raise connection.confused()
    yield Table(connection, size, None)
    connection.ask(Command.FREE_DATA)
