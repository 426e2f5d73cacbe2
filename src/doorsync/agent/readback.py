"""Read back from a terminal, and make the answers fit to be sent: a terminal may answer with anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from doorsync.agent.logs import log
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.capabilities import Readback as ReadBack
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import Found, Session, TerminalError
from doorsync.messages import sizes
from doorsync.messages.schemas import Device, Entry, Order
from doorsync.messages.sizes import RECORD
from doorsync.messages.terminal_codes import TerminalCode, in_english

MOST = 200_000  # entries of one kind, whatever a terminal says that it can hold
MARGIN = 1000  # entries that a terminal may list beyond what it says
PutAway = Callable[[Iterable[Entry]], list[Entry]]  # gives back what is to go into the receipt itself
FOREIGN = "\ufffd"  # the sign for a letter that could not be read
Place = tuple[Kind, str]


class Endless(Exception):
    """The terminal lists more entries than it can hold."""

    def __init__(self, most: int, stated: int) -> None:
        self.reason = TerminalCode.LISTS_TOO_MUCH(most=most, stated=stated)
        super().__init__(in_english(self.reason))


@dataclass(slots=True)
class Readback:
    """The entries under the keys that were touched, or the last part of a whole memory, or why it could not be read."""

    touched: dict[Place, Entry | None] = field(default_factory=dict)
    memory: list[Entry] | None = None
    refusal: Reason = NO_REASON


def read_device(session: Session) -> Device:
    """What the terminal says of itself. Raises TerminalError."""
    about = session.about()
    can = about.can
    if can.read_back is ReadBack.NONE:
        can = replace(can, readable=(), schedule_readable=())  # so that the hub knows what was accepted, and no more
    texts = {name: _clean(getattr(about, name))[:64] for name in ("serial", "model", "firmware", "clock")}
    return Device(**texts, users=about.users, templates=about.templates, can=can.as_dict())


def answered(results: Iterable[tuple[Order, str]]) -> Readback:
    """What is known without reading: what was accepted is there. After a refusal anything may be."""
    found = Readback()
    for order, result in results:
        there = Entry(kind=order.kind, key=order.key, fields={} if result == "done" else {"name": FOREIGN})
        if order.do == "read":
            found.refusal = TerminalCode.MEMORY_NOT_SHOWN()
        elif order.do == "erase":
            found.memory = []
        else:
            found.touched[order.kind, order.key] = None if (order.do, result) == ("remove", "done") else there
    return found


def read_back(session: Session, orders: Iterable[Order], put_away: PutAway, can: Capabilities) -> Readback:
    """Read back what these orders touched; a whole memory is put away part by part. Raises TerminalError."""
    found = Readback()
    keys: dict[Kind, set[str]] = {}
    for order in orders:
        if order.do in ("read", "erase"):
            _read_whole(session, found, put_away, can)
        else:
            keys.setdefault(order.kind, set()).add(order.key)
    for kind, wished in keys.items():
        records = _asked(session, kind, wished)
        found.touched.update({(kind, each.record.key): wire_entry(each) for each in records if each.record.key in wished})
    return found


def taken_keys(session: Session, orders: Iterable[Order]) -> dict[Place, Entry]:
    """What stands under keys of these orders and is not the hub's to touch. Raises TerminalError.

    That is: the terminal's own, and whatever is under a key that is new to the hub, unless it is what the hub would put there.
    """
    wished: dict[Kind, dict[str, Order]] = {}
    for order in orders:
        if order.do in ("put", "remove"):
            wished.setdefault(order.kind, {})[order.key] = order
    found = {}
    for kind, by_key in wished.items():
        for each in _asked(session, kind, by_key):
            mine = by_key.get(each.record.key)
            if mine and (each.own or (mine.new and _differs(each.record, mine))) and (there := wire_entry(each)):
                found[kind, mine.key] = there
    return found


def _asked(session: Session, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
    """The entries under these keys. Raises TerminalError, also where the terminal lists without end."""
    for number, each in enumerate(session.read(kind, sorted(keys))):
        if number > len(keys) + MARGIN:
            raise TerminalError(TerminalCode.LISTS_WITHOUT_END(), permanent=False)
        yield each


def _differs(record: Record, order: Order) -> bool:
    return any(order.fields.get(name) != value for name, value in record.fields.items())


def _read_whole(session: Session, found: Readback, put_away: PutAway, can: Capabilities) -> None:
    try:
        found.memory = put_away(_memory(session, can))
    except Endless as error:
        found.memory, found.refusal = None, error.reason
    except TerminalError as error:
        if not error.permanent:
            raise
        found.memory, found.refusal = None, error.reason


def _memory(session: Session, can: Capabilities) -> Iterator[Entry]:
    """All that is there; what has a key that no hub can store is left out, with a line in the log. Raises Endless."""
    left_out = 0
    for kind, stated in ((Kind.USER, can.capacity), (Kind.SCHEDULE, can.schedules)):
        most = min(stated + max(stated // 2, MARGIN), MOST)
        for number, each in enumerate(session.read_all(kind), start=1):
            if number > most:
                raise Endless(most, stated)
            if (made := wire_entry(each)) is not None:
                yield made
            else:
                left_out += 1
    if left_out:
        log.warning("A terminal holds entries under keys that cannot be sent.", entries=left_out)


def wire_entry(found: Found) -> Entry | None:
    """The wire form; texts that cannot travel are made ones that can, and then differ from what is wanted."""
    record = found.record
    try:
        return _small(Entry.of(record, own=found.own))
    except ValidationError:
        pass
    try:
        return _small(Entry.of(Record(kind=record.kind, key=record.key, fields=_clean(record.fields)), own=found.own))
    except ValidationError:
        return None


def foreign_entry(found: Entry) -> Entry:
    """A stand-in for an entry that is too large to be sent. It never equals a wanted record."""
    name = str(found.fields.get("name", ""))[:100]
    return found.model_copy(update={"fields": {"name": FOREIGN + name}})


def _small(found: Entry) -> Entry:
    return found if sizes.size_of(found) <= RECORD else foreign_entry(found)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\x00", FOREIGN)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if hasattr(value, "items"):
        return {str(name): _clean(each) for name, each in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)
