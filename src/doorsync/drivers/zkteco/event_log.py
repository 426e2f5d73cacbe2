"""The access log of a terminal as door events. Terminals write down whom they recognised, and nothing of whom they did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode, LogPage, LogPosition
from doorsync.drivers.zkteco import rows, tables
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.protocol import Command, Garbled
from doorsync.drivers.zkteco.rows import LogRow
from doorsync.drivers.zkteco.user_table import UserTable

USED = {
    0: CredentialUsed.PIN,
    1: CredentialUsed.FINGER,
    2: CredentialUsed.CARD,
    3: CredentialUsed.PIN,
    4: CredentialUsed.CARD,
    15: CredentialUsed.FACE,
}


class EventLog:
    """Its rows are counted from 1. The oldest row names the series: a log that was emptied begins another one."""

    def __init__(self, connection: Connection, table: UserTable) -> None:
        self._connection = connection
        self._table = table

    def page(self, serial: str, after: LogPosition, most: int) -> LogPage:
        """The oldest rows after this position. Raises TerminalError."""
        count = self._table.count().log
        if not count:
            return LogPage(series=_series(serial, b""), oldest=1, last=0)
        with tables.opened(self._connection, Command.READ_LOG) as table:
            try:
                lead, size = rows.log_layout(table.size, count)
            except Garbled as error:  # also when somebody came in between the two questions
                raise self._connection.confused() from error
            series = _series(serial, table.read(lead, lead + size))
            start = min(after.position, count) if after.series == series else 0
            end = min(start + most, count)
            wanted = list(rows.log_rows(table.read(lead + start * size, lead + end * size), size))
        events = tuple(self._events(wanted, start + 1))
        return LogPage(series=series, oldest=1, last=count, events=events)

    def clear(self, serial: str, upto: LogPosition) -> None:
        """Empty the log, which is all that a terminal offers, when nothing was added to it since. Raises TerminalError."""
        with self._connection.at_work():
            now = self.page(serial, upto, 0)
            if now.series == upto.series and now.last == upto.position > 0:
                self._connection.granted(Command.CLEAR_LOG)
                self._connection.refresh()

    def _events(self, wanted: Sequence[LogRow], first: int) -> Iterator[DoorEvent]:
        numbers = self._numbers(wanted)
        for position, row in enumerate(wanted, first):
            yield DoorEvent(
                position=position,
                wall=row.wall.isoformat(),
                code=EventCode.GRANTED,
                key=row.user_id or numbers.get(row.slot, ""),
                used=USED.get(row.how, CredentialUsed.NOTHING),
            )

    def _numbers(self, wanted: Sequence[LogRow]) -> Mapping[int, str]:
        """Who has which slot, where rows say no more than that."""
        if all(row.user_id for row in wanted):
            return {}
        return {user.slot: user.user_id for user in self._table.current().values()}


def _series(serial: str, first: bytes) -> str:
    return blake2b(serial.encode() + b"\0" + first, digest_size=8).hexdigest()
