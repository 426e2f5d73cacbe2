"""Between records and the entries of the virtual terminal's protocol. What a terminal says is checked before it is believed."""

from __future__ import annotations

from typing import Any

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record, Value

NAMES = {Kind.USER: "user", Kind.SCHEDULE: "schedule"}
SCHEDULE_FIELDS = ("name", "slots")
SETS = ("cards", "schedules", "slots")  # a terminal may give these in any order


def entry_of(record: Record) -> dict[str, Any]:
    """The entry that a terminal is asked to keep."""
    return {"key": record.key, **record.fields}


def record_of(kind: Kind, entry: object, can: Capabilities) -> Record:
    """The record in an entry. Raises ValueError."""
    names = SCHEDULE_FIELDS if kind is Kind.SCHEDULE else can.readable
    if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
        raise ValueError(entry.__class__.__name__)  # noqa: TRY004 - all that is wrong with an answer is one error
    return Record(kind=kind, key=entry["key"], fields={name: _field(name, entry[name]) for name in names if name in entry})


def capabilities_of(about: object) -> Capabilities:
    """What a terminal says that it can hold. Raises ValueError when it leaves something out or it makes no sense."""
    if not isinstance(about, dict):
        raise ValueError(about.__class__.__name__)  # noqa: TRY004 - all that is wrong with an answer is one error
    can = Capabilities.from_dict(about)
    if any(about.get(name) != value for name, value in can.as_dict().items()):
        raise ValueError("abilities")
    return can


def _field(name: str, value: Any) -> Value:
    sound = _slots(value) if name == "slots" else _texts(value) if name in SETS else isinstance(value, str)
    if not sound:
        raise ValueError(name)
    return sorted(value) if name in SETS else value


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _slots(value: object) -> bool:
    return isinstance(value, list) and all(_texts(each) for each in value)
