"""What a terminal can hold, and which fields it lets us read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

USER_FIELDS = ("name", "cards", "pin", "schedules", "until")
SCHEDULE_FIELDS = ("name", "slots")
DOOR = re.compile("[1-9][0-9]{0,2}")  # the number of a door at its terminal
MOST_DOORS = 64
UNRENDERED = ("capacity", "schedules", "change_detection", "doors", "remote_doors", "mode_doors")  # on which no record depends


class KeyForm(StrEnum):
    """What a terminal keeps its entries under."""

    DIGITS = "digits"  # the hub's number: at most `key_length` digits, no leading zero
    TEXT = "text"  # the hub's number, which may be a text of at most `key_length` characters of [A-Za-z0-9-]
    PLACE = "place"  # numbered places, as many as it can hold entries; the hub says which
    CARD = "card"  # the card number, as the terminal spells it


class Letters(StrEnum):
    """Which letters a terminal can hold in a name."""

    UTF_8 = "utf-8"
    LATIN_1 = "latin-1"
    GB18030 = "gb18030"
    ASCII = "ascii"
    NONE = "none"  # it holds no names


class ChangeDetection(StrEnum):
    """How well a terminal can say that nothing in it has changed."""

    NONE = "none"
    COUNT = "count"  # a difference proves a change; equality proves nothing
    CHECKSUM = "checksum"
    CURSOR = "cursor"  # a series and a position in it


class Readback(StrEnum):
    """How a terminal can be read."""

    KEYS = "keys"  # single entries too
    WHOLE = "whole"  # only whole, so that a few entries cost as much as all
    NONE = "none"  # not at all: what it accepted cannot be verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The limits of one terminal, as its driver reports them.

    `capacity` users at most; `schedules` time schedules at most; a name of `name_bytes` bytes in its `name_letters`; `card_bits`
    width of a card number; PINs of `pin_min` to `pin_max` digits, `pins_unique` when no two people may have the same;
    `intervals_per_day` of a time schedule on one weekday; `open_without_schedule` when it holds no schedules and opens at all
    times to whoever it holds; `until` whether it can hold an expiry, `until_day` when only its date; `readable`,
    `schedule_readable` the fields of a user and of a time schedule that it lets us read. Places are numbered from `first_place`
    and `first_schedule_place`. `doors` that it opens; `remote_doors` the numbers of those that it opens when the agent says so,
    `mode_doors` of those that it holds open, locks down and gives back to their schedules when the agent says so.
    """

    capacity: int = 10_000
    schedules: int = 64
    name_bytes: int = 48
    cards_per_user: int = 1
    card_bits: int = 64
    pin_min: int = 4
    pin_max: int = 8
    schedules_per_user: int = 8
    until: bool = True
    readable: tuple[str, ...] = USER_FIELDS
    key_form: KeyForm = KeyForm.DIGITS
    key_length: int = 19
    first_place: int = 1
    schedule_key_form: KeyForm = KeyForm.DIGITS
    first_schedule_place: int = 1
    name_letters: Letters = Letters.UTF_8
    pins_unique: bool = False
    intervals_per_day: int = 99
    open_without_schedule: bool = False
    until_day: bool = False
    schedule_readable: tuple[str, ...] = SCHEDULE_FIELDS
    read_back: Readback = Readback.KEYS
    change_detection: ChangeDetection = ChangeDetection.NONE
    doors: int = 1
    remote_doors: tuple[str, ...] = ()
    mode_doors: tuple[str, ...] = ()

    @property
    def shown_fields(self) -> tuple[str, ...]:
        """The fields that can be read back, as digests need them: of users by name, of time schedules those that cannot be."""
        return (*self.readable, *(hidden(name) for name in SCHEDULE_FIELDS if name not in self.schedule_readable))

    def renders_like(self, other: Capabilities) -> bool:
        """Whether people's records are the same with both, as long as their schedules have room."""
        return replace(self, **{name: getattr(other, name) for name in UNRENDERED}) == other

    def as_dict(self) -> dict[str, Any]:
        """The JSON form that the hub stores and the messages carry."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Capabilities:
        """Read the JSON form. It comes from a terminal: what is missing, unknown or makes no sense keeps its default."""
        default = cls()
        sound = {name: data[name] for name in cls.__slots__ if name in data and _sound(data[name], getattr(default, name))}
        for name, known in (("readable", USER_FIELDS), ("schedule_readable", SCHEDULE_FIELDS)):
            if name in sound:
                sound[name] = tuple(each for each in known if each in sound[name])
        for name in ("remote_doors", "mode_doors"):
            sound[name] = tuple(each for each in sound.get(name, ()) if DOOR.fullmatch(each))[:MOST_DOORS]
        for name, value in sound.items():
            if isinstance(form := getattr(default, name), StrEnum):
                sound[name] = type(form)(value)
        return replace(default, **sound)


def hidden(name: str) -> str:
    """How `shown_fields` says that this field of a time schedule cannot be read back."""
    return f"-schedule.{name}"


def _sound(value: object, default: object) -> bool:
    if isinstance(default, StrEnum):
        return isinstance(value, str) and value in set(type(default))
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return type(value) is type(default) and not (isinstance(value, int) and value < 0)
