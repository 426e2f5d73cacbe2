"""From a person to the record that one kind of terminal can hold, or to the reason why it cannot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind, Record
from doorsync.domain.refusals import RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The facts of a user that terminals care for."""

    key: str
    name: str
    cards: tuple[str, ...] = ()
    pin: str = ""
    until: str = ""


def render_record(person: Person, schedules: Collection[str], can: Capabilities) -> Record | Reason:
    """The user record for a terminal with these capabilities, or why it cannot hold it. Names are cut; credentials never are."""
    if refusal := _refusal(person, schedules, can):
        return refusal
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


def _refusal(person: Person, schedules: Collection[str], can: Capabilities) -> Reason:
    if person.pin and not can.pin_min <= len(person.pin) <= can.pin_max:
        return RefusalCode.PIN_LENGTH(digits=len(person.pin), least=can.pin_min, most=can.pin_max)
    if len(person.cards) > can.cards_per_user:
        return RefusalCode.TOO_MANY_CARDS(cards=len(person.cards), limit=can.cards_per_user)
    if any(int(card).bit_length() > can.card_bits for card in person.cards):
        return RefusalCode.CARD_TOO_LONG(bits=can.card_bits)
    if len(schedules) > can.schedules_per_user:
        return RefusalCode.TOO_MANY_SCHEDULES(schedules=len(schedules), limit=can.schedules_per_user)
    return NO_REASON
