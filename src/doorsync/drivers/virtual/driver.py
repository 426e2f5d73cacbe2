"""The driver of the virtual terminal: the contract of `drivers/contract.py` over the protocol beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record
from doorsync.drivers.virtual import protocol, records
from doorsync.drivers.virtual.connection import Connection

T = TypeVar("T")


class VirtualDriver:
    """Reaches virtual terminals; their address is HOST:PORT."""

    make: ClassVar[str] = "virtual"

    @contextmanager
    def open(self, address: str, *, timeout: float) -> Iterator[VirtualSession]:
        """Connect, and ask the terminal what it can hold."""
        connection = Connection(address, timeout)
        try:
            yield VirtualSession(connection)
        finally:
            connection.close()


class VirtualSession:
    """An open conversation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._can = self._understood(records.capabilities_of, connection.ask("about").get("about"))

    def capabilities(self) -> Capabilities:
        """As the terminal told when the conversation began."""
        return self._can

    def read(self, kind: Kind, keys: Iterable[str]) -> dict[str, Record]:
        """A page of keys at a time; entries that were not asked for make no sense."""
        wished = list(dict.fromkeys(keys))
        found: dict[str, Record] = {}
        for start in range(0, len(wished), protocol.PAGE):
            found.update(self._entries(kind, "get", keys=wished[start : start + protocol.PAGE])[0])
        if not found.keys() <= set(wished):
            raise self._connection.confused()
        return found

    def read_all(self, kind: Kind) -> dict[str, Record]:
        """Page by page in the order of the keys, so that a terminal that goes round in circles is found out."""
        found: dict[str, Record] = {}
        after, more = "", True
        while more:
            page, more = self._entries(kind, "list", after=after)
            if any(key <= after for key in page) or (more and not page):
                raise self._connection.confused()
            found.update(page)
            after = max(page, default="")
        return found

    def put(self, record: Record) -> None:
        """Add or replace."""
        self._connection.ask("put", kind=records.NAMES[record.kind], entry=records.entry_of(record))

    def remove(self, kind: Kind, key: str) -> None:
        """Remove; the terminal does not mind when it is not there."""
        self._connection.ask("remove", kind=records.NAMES[kind], key=key)

    def erase(self) -> None:
        """Forget all."""
        self._connection.ask("erase")

    def _entries(self, kind: Kind, do: str, **content: Any) -> tuple[dict[str, Record], bool]:
        answer = self._connection.ask(do, kind=records.NAMES[kind], **content)
        entries = answer.get("entries")
        if not isinstance(entries, list):
            raise self._connection.confused()
        found = [self._understood(records.record_of, kind, entry, self._can) for entry in entries]
        return {record.key: record for record in found}, answer.get("more") is True

    def _understood(self, read: Callable[..., T], *content: object) -> T:
        try:
            return read(*content)
        except ValueError as error:
            raise self._connection.confused() from error
