"""What was read back from a terminal, made fit to be sent: a terminal may answer with anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from doorsync.agent.logs import log
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import Session
from doorsync.messages import sizes
from doorsync.messages.shapes import Entry, Order
from doorsync.messages.sizes import RECORD

FOREIGN = "\ufffd"  # the sign for a letter that could not be read
Place = tuple[Kind, str]


@dataclass(slots=True)
class Findings:
    """The entries under the keys that were touched, or the whole memory."""

    capabilities: Capabilities
    touched: dict[Place, Entry | None] = field(default_factory=dict)
    memory: list[Entry] = field(default_factory=list)


def look(session: Session, orders: Iterable[Order]) -> Findings:
    """Read back what these orders touched. Raises TerminalError."""
    found = Findings(session.capabilities())
    found.capabilities.as_dict()  # a driver that returns something else fails here, where it harms nobody
    keys: dict[Kind, set[str]] = {}
    for order in orders:
        if order.do in ("read", "erase"):
            found.memory = _memory(session)
        else:
            keys.setdefault(order.kind, set()).add(order.key)
    for kind, wished in keys.items():
        records = session.read(kind, sorted(wished))
        found.touched.update({(kind, key): entry(records[key]) for key in wished & records.keys()})
    return found


def _memory(session: Session) -> list[Entry]:
    """All that is there; what has a key that no hub can store is left out, with a line in the log."""
    made = [entry(record) for kind in Kind for record in session.read_all(kind).values()]
    if None in made:
        log.warning("A terminal holds entries under keys that cannot be sent.", entries=made.count(None))
    return [each for each in made if each is not None]


def entry(record: Record) -> Entry | None:
    """The wire form; texts that cannot travel are made ones that can, and then differ from what is wanted."""
    try:
        return _small(Entry.of(record))
    except ValidationError:
        pass
    try:
        return _small(Entry.of(Record(kind=record.kind, key=record.key, fields=_clean(record.fields))))
    except ValidationError:
        return None


def foreign(found: Entry) -> Entry:
    """Something is there, which is too large to be sent. What stands in for it is nothing that anybody can want."""
    name = str(found.fields.get("name", ""))[:100]
    return found.model_copy(update={"fields": {"name": FOREIGN + name}})


def _small(found: Entry) -> Entry:
    return found if sizes.of(found) <= RECORD else foreign(found)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\x00", FOREIGN)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if hasattr(value, "items"):
        return {str(name): _clean(each) for name, each in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)
