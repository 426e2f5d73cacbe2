"""What a record lets people do, in a form that can be compared and holds no secret: whether a change takes anything away.

An allowance is text that is stored beside the digest of what a terminal holds: cards and PINs as keyed hashes, schedules, the
expiry, or the hours of a schedule. It may also be more than what is held, where only that much is known; "" means that
nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from enum import IntEnum
from hashlib import blake2b
from typing import Any

from doorsync.domain.canonical_json import canonical_json
from doorsync.domain.hours import DAYS
from doorsync.domain.record import Kind, Record

UNKNOWN = ""
DAY = 24 * 60  # minutes; a terminal may say that it opens for longer
FIELDS = ("cards", "pin", "schedules", "until")


class Narrowing(IntEnum):
    """What a change takes away. The numbers are stored in holdings and must not change."""

    NONE = 0
    SOME = 1  # a card, the PIN, a schedule, hours, or time
    ALL = 2  # the last card or PIN: nothing is left to open with


def allowed(key: bytes, record: Record) -> str:
    """The allowance of this record, keyed for its company."""
    return _text(_fields(key, record))


def seen(key: bytes, record: Record, readable: Collection[str], hidden: str) -> str:
    """The allowance of what was read back; `hidden` is what may stand in the fields that the terminal does not show."""
    return completed_allowance(shown_part(key, record, readable), hidden)


def shown_part(key: bytes, record: Record, readable: Collection[str]) -> str:
    """The part of an allowance that the terminal shows; "" when it answered with something that makes no sense."""
    try:
        _must_make_sense(record)
        fields = _fields(key, record)
        narrowing(_text(fields), _text(fields))
    except (TypeError, ValueError):
        return UNKNOWN
    return _text({name: value for name, value in fields.items() if name in readable or record.kind is Kind.SCHEDULE})


def completed_allowance(part: str, hidden: str) -> str:
    """A part that was shown with what may stand in the fields that were not; unknown when that is."""
    fields = json.loads(part) if part else {}
    if part and ("hours" in fields or len(fields) == len(FIELDS)):
        return part
    return _text({**json.loads(hidden), **fields}) if part and hidden else UNKNOWN


def either_allowance(one: str, other: str) -> str:
    """All that one or the other allows; unknown when one of them is."""
    if not one or not other:
        return UNKNOWN
    first, second = json.loads(one), json.loads(other)
    return _text(
        {name: [*values, *(each for each in second.get(name, []) if each not in values)] for name, values in first.items()}
    )


def narrowing(before: str, after: str) -> Narrowing:
    """What is taken away by a change to `after`. What is unknown counts as something."""
    if not before or not after:
        return Narrowing.SOME
    had, has = json.loads(before), json.loads(after)
    if "hours" in has:
        return Narrowing.SOME if _minutes(had.get("hours", [])) - _minutes(has["hours"]) else Narrowing.NONE
    lost = any(set(had[name]) - set(has[name]) for name in ("cards", "pin", "schedules")) or _ends(had) > _ends(has)
    if not lost:
        return Narrowing.NONE
    return Narrowing.ALL if (had["cards"] or had["pin"]) and not (has["cards"] or has["pin"]) else Narrowing.SOME


def gives(before: str, after: str) -> bool:
    """Whether a change to `after` brings anything that was not there before. What is unknown may."""
    if not before or not after:
        return True
    had, has = json.loads(before), json.loads(after)
    if "hours" in has:
        return bool(_minutes(has["hours"]) - _minutes(had.get("hours", [])))
    return any(set(has[name]) - set(had[name]) for name in ("cards", "pin", "schedules")) or _ends(has) > _ends(had)


def gained_weekdays(before: str, after: str) -> frozenset[str]:
    """The weekdays on which the hours of a schedule come to be more; all of them where that is unknown."""
    if not before or not after:
        return frozenset(DAYS)
    had, has = json.loads(before), json.loads(after)
    return frozenset(day for day, _ in _minutes(has.get("hours", [])) - _minutes(had.get("hours", [])))


def only_extends(before: str, after: str) -> bool:
    """Whether the change only lets the same go on for longer."""
    if not before or not after:
        return False
    had, has = json.loads(before), json.loads(after)
    return "until" in has and all(set(had[n]) == set(has[n]) for n in FIELDS[:3]) and _ends(had) < _ends(has)


def ends_at(allowance: str) -> str:
    """The wall clock at which it ends; "" when it never does, or nobody knows."""
    return _ends(json.loads(allowance))[1] if allowance and "until" in allowance else ""


def credential_marks(allowance: str) -> frozenset[str]:
    """The keyed hashes of the cards and the PIN in it."""
    fields = json.loads(allowance) if allowance else {}
    return frozenset([*fields.get("cards", []), *fields.get("pin", [])])


def card_mark(key: bytes, card: str) -> str:
    """The keyed hash that stands for a card."""
    return _mark(key, b"card", card)


def pin_mark(key: bytes, pin: str) -> str:
    """The keyed hash that stands for a PIN."""
    return _mark(key, b"pin", pin)


def _fields(key: bytes, record: Record) -> dict[str, Any]:
    fields: Any = record.fields
    if record.kind is Kind.SCHEDULE:
        return {"hours": fields.get("slots") or []}
    return {
        "cards": sorted(card_mark(key, card) for card in fields.get("cards") or []),
        "pin": [pin_mark(key, fields["pin"])] if fields.get("pin") else [],
        "schedules": list(fields.get("schedules") or []),
        "until": [fields.get("until") or ""],
    }


def _must_make_sense(record: Record) -> None:
    """Texts and lists of texts, as the fields of a person are, and slots as those of a schedule. Raises TypeError."""
    fields: dict[str, Any] = dict(record.fields)
    lists = [fields.get(name) or [] for name in ("cards", "schedules")]
    slots = fields.get("slots") or []
    if not all(isinstance(each, list) for each in (*lists, slots)):
        raise TypeError
    texts: list[Any] = [fields.get("pin") or "", fields.get("until") or ""]
    texts += [each for some in (*lists, *slots) for each in some]
    if not all(isinstance(each, str) for each in texts):
        raise TypeError


def _mark(key: bytes, what: bytes, value: str) -> str:
    return blake2b(value.encode(), digest_size=8, key=key, person=what).hexdigest()


def _text(fields: dict[str, Any]) -> str:
    return canonical_json(fields)


def _ends(fields: dict[str, Any]) -> tuple[bool, str]:
    """Comparable: no end at all comes after every end."""
    ends = fields["until"]
    return ("" in ends, "" if "" in ends else max(ends, default=""))


def _minutes(slots: Collection[Any]) -> set[tuple[str, int]]:
    return {(day, minute) for day, start, end in slots for minute in range(_minute(start), _minute(end))}


def _minute(wall: str) -> int:
    hours, minutes = wall.split(":")
    minute = int(hours) * 60 + int(minutes)
    if not 0 <= minute <= DAY:
        raise ValueError
    return minute
