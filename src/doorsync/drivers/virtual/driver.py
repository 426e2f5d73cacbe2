"""The driver of the virtual terminal: the contract of `drivers/contract.py` over the protocol beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.door_modes import DoorMode
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, ConnectionSettings, Found, WriteAnswer
from doorsync.drivers.make import Evidence, EvidenceLevel, Make
from doorsync.drivers.virtual import event_entries, protocol
from doorsync.drivers.virtual.connection import REASONS, Connection
from doorsync.drivers.virtual.records import NAMES, about_in, entry_of, found_in

T = TypeVar("T")


class VirtualDriver:
    """Reaches virtual terminals; their address is HOST or HOST:PORT."""

    make: ClassVar[Make] = Make(
        name="virtual",
        title="Virtual terminal",
        address="127.0.0.1:4370",
        secret="Secret",  # noqa: S106 - what a person is asked for
        records_per_write=200,
        evidence=Evidence(
            level=EvidenceLevel.SPEC_ONLY,
            against=("the virtual terminal of this version",),
            ours="both sides",
            not_shown=("any device: there is none of this make",),
        ),
        warnings=("It opens no door: it is for trying Doorsync out.",),
    )

    def lane(self, settings: ConnectionSettings) -> str:
        """Each terminal has its own."""
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[VirtualSession]:
        """Connect, and ask the terminal who it is and what it can hold."""
        connection = Connection(settings.address, timeout)
        try:
            if settings.secret:
                connection.ask("unlock", secret=settings.secret)
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

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
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

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Several requests are on their way at once."""
        requests = [{"kind": NAMES[each.kind], "entry": entry_of(each)} for each in records]
        return self._written("put", [each.key for each in records], requests)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """The terminal does not mind when one is not there."""
        return self._written("remove", keys, [{"kind": NAMES[kind], "key": key} for key in keys])

    def set_clock(self, wall: datetime) -> None:
        """Set its clock, to the second."""
        self._connection.ask("set-clock", clock=wall.isoformat(timespec="seconds"))

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

    def open_door(self, door: int, *, within: float) -> None:
        """One request; a reset takes it back when no answer comes in time."""
        self._connection.hurry(within)
        self._connection.ask("open", door=door)

    def door_mode(self, door: int, *, within: float) -> DoorMode:
        """What it keeps in its memory."""
        self._connection.hurry(within)
        answer = self._connection.ask("door-mode", door=door)
        return self._understood(DoorMode, answer.get("mode"))

    def set_door_mode(self, door: int, mode: DoorMode, *, within: float) -> None:
        """One request; a reset takes it back when no answer comes in time."""
        self._connection.hurry(within)
        self._connection.ask("set-door-mode", door=door, mode=mode.value)

    def _written(self, do: str, keys: Iterable[str], requests: Sequence[Mapping[str, Any]]) -> Iterator[WriteAnswer]:
        codes = self._connection.ask_many(do, requests)
        for key, code in zip(keys, codes, strict=True):
            yield WriteAnswer(key=key, refusal=REASONS[code] if code else "", code=code)

    def _asked(self) -> About:
        return self._understood(about_in, self._connection.ask("about").get("about"))

    def _entries(self, kind: Kind, do: str, **content: Any) -> tuple[dict[str, Found], bool]:
        answer = self._connection.ask(do, kind=NAMES[kind], **content)
        entries = answer.get("entries")
        if not isinstance(entries, list):
            raise self._connection.confused()
        found = [self._understood(found_in, kind, entry, self._about.can) for entry in entries]
        return {each.record.key: each for each in found}, answer.get("more") is True

    def _understood(self, read: Callable[..., T], *content: object) -> T:
        try:
            return read(*content)
        except ValueError as error:
            raise self._connection.confused() from error
