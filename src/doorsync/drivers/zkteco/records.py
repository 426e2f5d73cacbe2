"""Between records and the rows of a terminal. A record that a row cannot hold is refused, never cut."""

from __future__ import annotations

from dataclasses import dataclass

from doorsync.domain.capabilities import Capabilities, ChangeDetection, KeyForm, Letters, Readback
from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import Found
from doorsync.drivers.zkteco.rows import LARGE, Counts, User

NAME_BYTES = {72: 23, 28: 8}  # the larger field ends with a zero
PIN_DIGITS = {72: 8, 28: 5}
ZONES_PER_USER = 3
CODECS = {Letters.UTF_8: "utf-8", Letters.LATIN_1: "latin-1", Letters.GB18030: "gb18030", Letters.ASCII: "ascii"}


class Unfit(Exception):
    """The terminal cannot hold this record; the text is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a terminal keeps people: the size of a row, the letters of names, the digits of a number, its time zones."""

    row: int = LARGE.size
    letters: Letters = Letters.UTF_8
    digits: int = 9
    zones: int = 0

    def can(self, counts: Counts) -> Capabilities:
        """The capabilities of a terminal with this plate and shape."""
        return Capabilities(
            capacity=counts.capacity,
            schedules=max(self.zones - 1, 0),
            name_bytes=NAME_BYTES[self.row],
            name_letters=self.letters,
            card_bits=32,
            pin_min=1,
            pin_max=PIN_DIGITS[self.row],
            schedules_per_user=ZONES_PER_USER if self.zones else 0,
            open_without_schedule=True,  # then the zone of their group counts, which comes open at all times
            until=False,
            readable=("name", "cards", "pin", "schedules"),
            key_length=self.digits,
            schedule_key_form=KeyForm.PLACE,
            first_schedule_place=2,
            intervals_per_day=1,
            schedule_readable=("slots",),
            read_back=Readback.WHOLE,
            change_detection=ChangeDetection.COUNT,
            remote_doors=("1",),
        )


def row_of(record: Record, slot: int, there: User | None, shape: Shape) -> User:
    """The row that holds this record. `there` is what stands in the slot: what records do not speak of stays. Raises Unfit."""
    fields = record.fields
    if not (record.key.isascii() and record.key.isdigit() and len(record.key) <= shape.digits):
        raise Unfit(f"The terminal takes numbers of at most {shape.digits} digits.")
    if fields.get("until"):
        raise Unfit("The terminal cannot hold an expiry.")
    return User(
        slot=slot,
        user_id=record.key,
        group=there.group if there else 1,
        name=_name(str(fields.get("name") or ""), shape),
        pin=_pin(str(fields.get("pin") or ""), shape),
        card=_card(_texts(fields.get("cards"))),
        zones=_zones(_texts(fields.get("schedules")), shape),
    )


def found_in(user: User, shape: Shape) -> Found:
    """The record in a row, and whether it is one of the terminal's own administrators."""
    name = user.name.decode(CODECS[shape.letters], errors="replace")
    cards = [str(user.card)] if user.card else []
    fields: dict[str, Value] = {"name": name, "cards": cards, "pin": user.pin, "schedules": sorted(map(str, user.zones))}
    return Found(record=Record(kind=Kind.USER, key=user.user_id, fields=fields), own=user.administers)


def same(row: User, read: User | None) -> bool:
    """Whether a terminal holds what it was given, as far as a record speaks of it."""
    return read is not None and _spoken_of(row) == _spoken_of(read)


def _spoken_of(user: User) -> tuple[object, ...]:
    return user.user_id, user.privilege, user.name, user.pin, user.card, sorted(user.zones)


def _name(name: str, shape: Shape) -> bytes:
    try:
        encoded = name.encode(CODECS[shape.letters])
    except UnicodeEncodeError:
        raise Unfit("The terminal's code page does not have all letters of the name.") from None
    if len(encoded) > NAME_BYTES[shape.row] or b"\0" in encoded:
        raise Unfit("The name is longer than the terminal takes.")
    return encoded


def _pin(pin: str, shape: Shape) -> str:
    if pin and not (pin.isascii() and pin.isdigit() and len(pin) <= PIN_DIGITS[shape.row]):
        raise Unfit(f"The terminal takes PINs of at most {PIN_DIGITS[shape.row]} digits.")
    return pin


def _card(cards: list[str]) -> int:
    if len(cards) > 1:
        raise Unfit("The terminal takes one card for each person.")
    card = int(cards[0]) if cards and cards[0].isascii() and cards[0].isdigit() else 0
    if cards and not 0 < card < 2**32:
        raise Unfit("The terminal takes card numbers of 32 bits, and 0 is none.")
    return card


def _zones(keys: list[str], shape: Shape) -> tuple[int, ...]:
    if keys and not shape.zones:
        raise Unfit("The terminal has no time schedules, and would open at all times.")
    if len(keys) > ZONES_PER_USER:
        raise Unfit(f"The terminal takes {ZONES_PER_USER} time schedules for each person.")
    numbers = [int(key) if key.isascii() and key.isdigit() else 0 for key in keys]
    if any(not 1 < number <= shape.zones for number in numbers):
        raise Unfit("The terminal has no such time schedule.")
    return tuple(sorted(numbers))


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
