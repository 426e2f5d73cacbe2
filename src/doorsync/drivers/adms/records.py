"""Between records and what a terminal keeps of a person. A record that does not fit is refused, never cut."""

from __future__ import annotations

from doorsync.domain.capabilities import Capabilities, ChangeDetection, Readback
from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.adms.protocol import User
from doorsync.drivers.contract import Found

NAME, PIN, DIGITS, CARD = 23, 8, 9, 2**32  # bytes, digits, digits of a number, above the largest card
BREAKS = "\t\r\n\0"  # what would end a field or a command


class Unfit(Exception):
    """The terminal cannot hold this record; the text is a sentence for people."""


def capabilities(capacity: int, *, shows: bool) -> Capabilities:
    """What such a terminal can hold. How its time zones are written is not published, so it has none: it opens at all times."""
    return Capabilities(
        capacity=capacity,
        schedules=0,
        schedules_per_user=0,
        open_without_schedule=True,
        name_bytes=NAME,
        card_bits=32,
        pin_min=1,
        pin_max=PIN,
        until=False,
        readable=("name", "cards", "pin", "schedules"),
        key_length=DIGITS,
        read_back=Readback.WHOLE if shows else Readback.NONE,
        change_detection=ChangeDetection.COUNT,
    )


def user_of(record: Record) -> User:
    """What the terminal is asked to keep. Raises Unfit."""
    fields = record.fields
    if not (record.key.isascii() and record.key.isdigit() and len(record.key) <= DIGITS):
        raise Unfit(f"The terminal takes numbers of at most {DIGITS} digits.")
    if fields.get("until"):
        raise Unfit("The terminal cannot hold an expiry.")
    if fields.get("schedules"):
        raise Unfit("This driver cannot write time schedules, and the terminal would open at all times.")
    return User(
        pin=record.key,
        name=_name(str(fields.get("name") or "")),
        password=_pin(fields.get("pin")),
        card=_card(fields.get("cards")),
    )


def found_in(user: User) -> Found:
    """The record, and whether it is one of the terminal's own administrators."""
    cards = [user.card] if user.card.strip("0") else []
    fields: dict[str, Value] = {"name": user.name, "cards": cards, "pin": user.password, "schedules": []}
    return Found(record=Record(kind=Kind.USER, key=user.pin, fields=fields), own=user.administers)


def _name(name: str) -> str:
    if len(name.encode()) > NAME:
        raise Unfit("The name is longer than the terminal takes.")
    if any(each in name for each in BREAKS):
        raise Unfit("The name has a line break or a tab.")
    return name


def _pin(value: object) -> str:
    pin = str(value or "")
    if pin and not (pin.isascii() and pin.isdigit() and len(pin) <= PIN):
        raise Unfit(f"The terminal takes PINs of at most {PIN} digits.")
    return pin


def _card(value: object) -> str:
    cards = [str(each) for each in value] if isinstance(value, list) else []
    if len(cards) > 1:
        raise Unfit("The terminal takes one card for each person.")
    if cards and not (cards[0].isascii() and cards[0].isdigit() and 0 < int(cards[0]) < CARD):
        raise Unfit("The terminal takes card numbers of 32 bits, and 0 is none.")
    return cards[0] if cards else ""
