"""Between records and the entries of the virtual terminal's protocol. What a terminal says is checked before it is believed."""

from __future__ import annotations

from typing import Any

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import About, Found

NAMES = {Kind.USER: "user", Kind.SCHEDULE: "schedule"}
SCHEDULE_FIELDS = ("name", "slots")
ALWAYS_SAID = {"capacity", "schedules", "readable"}
SETS = ("cards", "schedules", "slots")  # a terminal may give these in any order


def entry_of(record: Record) -> dict[str, Any]:
    """The entry that a terminal is asked to keep."""
    return {"key": record.key, **record.fields}


def found_in(kind: Kind, entry: object, can: Capabilities) -> Found:
    """The record in an entry, and whether it is the terminal's own. Raises ValueError."""
    names = SCHEDULE_FIELDS if kind is Kind.SCHEDULE else can.readable
    if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
        raise ValueError(entry.__class__.__name__)  # noqa: TRY004 - all that is wrong with an answer is one error
    fields = {name: _field(name, entry[name]) for name in names if name in entry}
    return Found(record=Record(kind=kind, key=entry["key"], fields=fields), own=entry.get("own") is True)


def about_in(said: object) -> About:
    """What a terminal says of itself. Raises ValueError when it leaves out its size, or anything makes no sense."""
    if not isinstance(said, dict):
        raise ValueError(said.__class__.__name__)  # noqa: TRY004 - all that is wrong with an answer is one error
    can = Capabilities.from_dict(said)
    if not said.keys() >= ALWAYS_SAID or any(said.get(name, value) != value for name, value in can.as_dict().items()):
        raise ValueError("abilities")
    texts = {name: said.get(name, "") for name in ("serial", "model", "firmware", "clock")}
    users = said.get("users")
    if not all(isinstance(text, str) and len(text) <= 64 for text in texts.values()) or not _count(users):
        raise ValueError("plate")
    return About(**texts, users=users, can=can)


def _count(users: object) -> bool:
    return users is None or (type(users) is int and 0 <= users < 2**31)


def _field(name: str, value: Any) -> Value:
    sound = _slots(value) if name == "slots" else _texts(value) if name in SETS else isinstance(value, str)
    if not sound:
        raise ValueError(name)
    return sorted(value) if name in SETS else value


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _slots(value: object) -> bool:
    return isinstance(value, list) and all(_texts(each) for each in value)
