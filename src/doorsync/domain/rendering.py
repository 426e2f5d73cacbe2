"""From a person to the record that one kind of terminal can hold, or to the reason why it cannot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from doorsync.domain.capabilities import Capabilities, KeyForm, Letters
from doorsync.domain.cards import Readers, spelt_card
from doorsync.domain.names import spelt_name
from doorsync.domain.notices import NoticeCode
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind, Record
from doorsync.domain.refusals import RefusalCode

MIDNIGHT = "00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The facts of a user that terminals care for."""

    key: str
    name: str
    cards: tuple[str, ...] = ()
    pin: str = ""
    until: str = ""


def render_record(
    person: Person, schedules: Collection[str], can: Capabilities, readers: Readers = Readers.AS_IS
) -> Record | Reason:
    """The user record for a terminal with these capabilities and readers, or why it cannot hold it.

    Names are cut; credentials never are.
    """
    cards = tuple(spelt_card(card, readers) for card in person.cards)
    if not all(cards):
        return RefusalCode.CARD_NOT_SHOWN()
    person = replace(person, cards=cards)
    if refusal := _refusal(person, schedules, can):
        return refusal
    return Record(
        kind=Kind.USER,
        key=person.key,
        fields={
            "name": spelt_name(person.name, can.name_letters, can.name_bytes),
            "cards": sorted(person.cards),
            "pin": person.pin,
            "schedules": sorted(schedules),
            "until": _held_until(person.until, can),
        },
    )


def notices_for(person: Person, can: Capabilities) -> list[Reason]:
    """What a terminal with these capabilities holds otherwise than the hub: told to people, and never wider access."""
    name = spelt_name(person.name, can.name_letters, can.name_bytes)
    whole = spelt_name(person.name, can.name_letters, 10**6)
    found = [
        (can.name_letters is Letters.NONE or not can.name_bytes, NoticeCode.NAME_NOT_HELD()),
        (bool(name) and whole != person.name, NoticeCode.NAME_SPELT(name=name)),
        (bool(name) and name != whole, NoticeCode.NAME_CUT(name=name)),
        (bool(person.until) and not can.until, NoticeCode.EXPIRY_BY_HUB()),
        (bool(person.until) and _held_until(person.until, can) not in ("", person.until), NoticeCode.EXPIRY_TO_THE_DAY()),
    ]
    return [notice for holds, notice in found if holds]


def _held_until(until: str, can: Capabilities) -> str:
    """The expiry as the terminal holds it. Where it knows days only, the end of that day: the hub removes at the minute."""
    if not until or not can.until:
        return ""
    day, _, minute = until.partition("T")
    if not can.until_day or minute == MIDNIGHT:
        return until
    try:
        return f"{date.fromisoformat(day) + timedelta(days=1)}T{MIDNIGHT}"
    except (ValueError, OverflowError):
        return until


def _refusal(person: Person, schedules: Collection[str], can: Capabilities) -> Reason:
    if refusal := _key_refusal(person, can):
        return refusal
    if person.pin and not can.pin_min <= len(person.pin) <= can.pin_max:
        return RefusalCode.PIN_LENGTH(digits=len(person.pin), least=can.pin_min, most=can.pin_max)
    if len(person.cards) > can.cards_per_user:
        return RefusalCode.TOO_MANY_CARDS(cards=len(person.cards), limit=can.cards_per_user)
    if any(int(card).bit_length() > can.card_bits for card in person.cards):
        return RefusalCode.CARD_TOO_LONG(bits=can.card_bits)
    if len(schedules) > can.schedules_per_user:
        return RefusalCode.TOO_MANY_SCHEDULES(schedules=len(schedules), limit=can.schedules_per_user)
    return NO_REASON


def _key_refusal(person: Person, can: Capabilities) -> Reason:
    """Why the terminal could keep this person under no key."""
    if can.key_form is KeyForm.DIGITS and len(person.key) > can.key_length:
        return RefusalCode.KEY_TOO_LONG(digits=len(person.key), limit=can.key_length)
    if can.key_form is KeyForm.CARD and len(person.cards) != 1:
        return RefusalCode.TOO_MANY_CARDS(cards=len(person.cards), limit=1) if person.cards else RefusalCode.NO_CARD()
    return NO_REASON
