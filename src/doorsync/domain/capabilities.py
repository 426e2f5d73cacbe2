"""What a terminal can hold, and which fields it lets us read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

USER_FIELDS = ("name", "cards", "pin", "schedules", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The limits of one terminal, as its driver reports them.

    `capacity` users at most; `schedules` time schedules at most; `name_bytes` of UTF-8; `card_bits` width of a card number;
    PINs of `pin_min` to `pin_max` digits; `until` whether it can hold an expiry; `readable` the user fields it lets us read.
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

    def as_dict(self) -> dict[str, Any]:
        """The JSON form that the hub stores and the messages carry."""
        return {**asdict(self), "readable": list(self.readable)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Capabilities:
        """Read the JSON form. It comes from a terminal: what is missing, unknown or makes no sense keeps its default."""
        default = cls()
        sound = {name: data[name] for name in cls.__slots__ if name in data and _sound(data[name], getattr(default, name))}
        if "readable" in sound:
            sound["readable"] = tuple(name for name in USER_FIELDS if name in sound["readable"])
        return replace(default, **sound)


def _sound(value: object, default: object) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return type(value) is type(default) and not (isinstance(value, int) and value < 0)
