"""From a person to the record that one kind of terminal can hold, or to the reason why it cannot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The facts of a user that terminals care for."""

    key: str
    name: str
    cards: tuple[str, ...] = ()
    pin: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """This terminal cannot hold this person, and why: a sentence for the administrator."""

    reason: str


def render(person: Person, schedules: Collection[str], can: Capabilities) -> Record | Refusal:
    """The user record for a terminal with these capabilities. Names are shortened; credentials never are."""
    reason = _refusal(person, schedules, can)
    if reason:
        return Refusal(reason)
    return Record(
        kind=Kind.USER,
        key=person.key,
        fields={
            "name": shortened(person.name, can.name_bytes),
            "cards": sorted(person.cards),
            "pin": person.pin,
            "schedules": sorted(schedules),
            "until": person.until if can.until else "",
        },
    )


def shortened(name: str, size: int) -> str:
    """The name cut to so many bytes of UTF-8, never inside a character."""
    return name.encode()[:size].decode(errors="ignore").rstrip()


def _refusal(person: Person, schedules: Collection[str], can: Capabilities) -> str:
    if person.pin and not can.pin_min <= len(person.pin) <= can.pin_max:
        return f"The PIN has {len(person.pin)} digits; this terminal takes {can.pin_min} to {can.pin_max}."
    if len(person.cards) > can.cards_per_user:
        return f"{len(person.cards)} cards; this terminal takes {can.cards_per_user} for each person."
    if any(int(card).bit_length() > can.card_bits for card in person.cards):
        return f"A card number is longer than the {can.card_bits} bits this terminal can store."
    if len(schedules) > can.schedules_per_user:
        return f"{len(schedules)} time schedules; this terminal takes {can.schedules_per_user} for each person."
    return ""
