"""From records to cards of a controller and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.uhppote.profiles import ALWAYS_FROM, ALWAYS_TO, first_profile, place_of

DOORS = (1, 2, 3, 4)
ALWAYS = 1  # the permission of a door that opens at any hour; Doorsync writes none, others do
FOREIGN_SCHEDULE = "?"  # what is read where a card names hours that Doorsync has not written


@dataclass(frozen=True, slots=True, kw_only=True)
class CardEntry:
    """A card with its last day, the permission of each of four doors, and a PIN; 0 is no PIN."""

    number: int
    last_day: date
    permissions: tuple[int, int, int, int]
    pin: int

    def arguments(self) -> tuple[object, ...]:
        """As the library takes them."""
        return (self.number, ALWAYS_FROM, self.last_day, *self.permissions, self.pin)


def entry_of(record: Record, doors: str) -> CardEntry:
    """The card that holds a record, at the doors that the terminal's people may pass."""
    fields: Mapping[str, Any] = record.fields
    schedules = fields["schedules"]
    profile = first_profile(int(schedules[0])) if schedules else 0
    permissions = [profile if str(door) in doors else 0 for door in DOORS]
    return CardEntry(
        number=int(record.key),
        last_day=_last_day(fields["until"]),
        permissions=(permissions[0], permissions[1], permissions[2], permissions[3]),
        pin=int(fields["pin"] or 0),
    )


def record_of(entry: CardEntry, doors: str) -> Record:
    """The record that a card holds. Hours that differ from door to door, or are nobody's place, are no place of the hub."""
    number = str(entry.number)
    until = "" if entry.last_day >= ALWAYS_TO else f"{entry.last_day + timedelta(days=1)}T00:00"
    fields: dict[str, Value] = {
        "cards": [number],
        "pin": str(entry.pin) if entry.pin else "",
        "schedules": _schedules(entry.permissions, doors),
        "until": until,
    }
    return Record(kind=Kind.USER, key=number, fields=fields)


def _last_day(until: str) -> date:
    """A record ends at midnight, which is the end of the day before; any other minute counts to the end of its day."""
    if not until:
        return ALWAYS_TO
    day, _, minute = until.partition("T")
    return date.fromisoformat(day) - timedelta(days=minute == "00:00")


def _schedules(permissions: tuple[int, ...], doors: str) -> list[str]:
    expected = {permission for door, permission in zip(DOORS, permissions, strict=True) if str(door) in doors}
    elsewhere = {permission for door, permission in zip(DOORS, permissions, strict=True) if str(door) not in doors}
    if len(expected) != 1 or elsewhere - {0}:
        return [FOREIGN_SCHEDULE]
    permission = expected.pop()
    place = place_of(permission)
    return [] if permission == 0 else [str(place) if place else FOREIGN_SCHEDULE]
