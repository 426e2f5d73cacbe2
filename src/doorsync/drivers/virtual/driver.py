"""The driver of the virtual terminal: the contract of `drivers/contract.py` over the protocol beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, Found
from doorsync.drivers.virtual import event_entries, protocol, records
from doorsync.drivers.virtual.connection import Connection

T = TypeVar("T")


class VirtualDriver:
    """Reaches virtual terminals; their address is HOST:PORT."""

    make: ClassVar[str] = "virtual"

    @contextmanager
    def open(self, address: str, *, timeout: float) -> Iterator[VirtualSession]:
        """Connect, and ask the terminal who it is and what it can hold."""
        connection = Connection(address, timeout)
        try:
            yield VirtualSession(connection)
        finally:
            connection.close()


class VirtualSession:
    """An open conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._about = self._asked()

    def about(self) -> About:
        """As it is now: asked anew each time."""
        self._about = self._asked()
        return self._about

    def read(self, kind: Kind, keys: Iterable[str]) -> Iterator[Found]:
        """A page of keys at a time; entries that were not asked for make no sense."""
        wished = list(dict.fromkeys(keys))
        for start in range(0, len(wished), protocol.PAGE):
            asked = wished[start : start + protocol.PAGE]
            page, _ = self._entries(kind, "get", keys=asked)
            if not page.keys() <= set(asked):
                raise self._connection.confused()
            yield from page.values()

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """Page by page in the order of the keys, so that a terminal that goes round in circles is found out."""
        after, more = "", True
        while more:
            page, more = self._entries(kind, "list", after=after)
            if any(key <= after for key in page) or (more and not page):
                raise self._connection.confused()
            yield from page.values()
            after = max(page, default="")

    def put(self, record: Record) -> None:
        """Add or replace."""
        self._connection.ask("put", kind=records.NAMES[record.kind], entry=records.entry_of(record))

    def remove(self, kind: Kind, key: str) -> None:
        """Remove; the terminal does not mind when it is not there."""
        self._connection.ask("remove", kind=records.NAMES[kind], key=key)

    def erase(self) -> None:
        """Forget all but its own administrators."""
        self._connection.ask("erase")

    def events(self, after: LogPosition, most: int) -> LogPage:
        """A page of the log; more than the terminal gives at once, or older than was asked for, makes no sense."""
        answer = self._connection.ask("log", series=after.series, after=after.position, most=most)
        return self._understood(event_entries.page_in, answer, after, most)

    def clear_events(self, upto: LogPosition) -> None:
        """Forget entries of the log."""
        self._connection.ask("clear-log", series=upto.series, upto=upto.position)

    def _asked(self) -> About:
        return self._understood(records.about_in, self._connection.ask("about").get("about"))

    def _entries(self, kind: Kind, do: str, **content: Any) -> tuple[dict[str, Found], bool]:
        answer = self._connection.ask(do, kind=records.NAMES[kind], **content)
        entries = answer.get("entries")
        if not isinstance(entries, list):
            raise self._connection.confused()
        found = [self._understood(records.found_in, kind, entry, self._about.can) for entry in entries]
        return {each.record.key: each for each in found}, answer.get("more") is True

    def _understood(self, read: Callable[..., T], *content: object) -> T:
        try:
            return read(*content)
        except ValueError as error:
            raise self._connection.confused() from error
