"""Records for a terminal, made from what it says that it can hold: the same people for every make, as far as it holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from doorsync.domain.capabilities import Capabilities, KeyForm, Letters
from doorsync.domain.record import Kind, Record, Value

CARD = 200  # the first of the card numbers


@dataclass(frozen=True)
class Samples:
    """Alice has a card, a PIN and an expiry; Bob has two time schedules. Nights and Days are those."""

    can: Capabilities

    @property
    def alice(self) -> Record:
        return self.user(1)

    @property
    def bob(self) -> Record:
        name = "Bøb" if self.can.name_letters in (Letters.UTF_8, Letters.LATIN_1) else "Bob"
        cards = [str(CARD + 2)] if self.can.key_form is KeyForm.CARD else []
        keys = sorted((self.nights.key, self.days.key))[: self.can.schedules_per_user]
        return self._user(2, {"name": name, "cards": cards, "pin": "", "schedules": keys, "until": ""})

    @property
    def schedules(self) -> tuple[Record, ...]:
        """Both, or none where the terminal holds none."""
        return (self.nights, self.days) if self.can.schedules else ()

    @property
    def everything(self) -> tuple[Record, ...]:
        """Schedules first, as people name them."""
        return (*self.schedules, self.alice, self.bob)

    @property
    def nights(self) -> Record:
        slots = [["1", "00:00", "06:00"], ["1" if self.can.intervals_per_day > 1 else "3", "22:00", "24:00"]]
        return Record(kind=Kind.SCHEDULE, key=self.schedule_key(9), fields={"name": "Nights", "slots": slots})

    @property
    def days(self) -> Record:
        return Record(kind=Kind.SCHEDULE, key=self.schedule_key(10), fields={"name": "Days", "slots": []})

    def user(self, number: int, **fields: Value) -> Record:
        """The person with this number."""
        pin = str(1233 + number) if self.can.pin_max >= 4 else ""
        until = "" if not self.can.until else "2027-02-01T00:00" if self.can.until_day else "2027-01-31T18:00"
        plain: dict[str, Value] = {"name": "Alice", "cards": [str(CARD + number)], "pin": pin, "schedules": [], "until": until}
        return self._user(number, {**plain, **fields})

    def key(self, number: int) -> str:
        """The key of the person with this number."""
        if self.can.key_form is KeyForm.CARD:
            return str(CARD + number)
        return str(self.can.first_place + number if self.can.key_form is KeyForm.PLACE else number)

    def schedule_key(self, number: int) -> str:
        """The key of a time schedule; with numbered places it is one of the first."""
        place = self.can.schedule_key_form is KeyForm.PLACE
        return str(self.can.first_schedule_place + number - 9 if place else number)

    def held(self, record: Record) -> dict[str, Value]:
        """The fields that the terminal shows."""
        names = self.can.readable if record.kind is Kind.USER else self.can.schedule_readable
        return {name: value for name, value in record.fields.items() if name in names}

    def read(self, record: Record) -> Record:
        """The record as it is read back."""
        return replace(record, fields=self.held(record))

    def _user(self, number: int, fields: dict[str, Value]) -> Record:
        if self.can.name_letters is Letters.NONE:
            fields = {**fields, "name": ""}
        return Record(kind=Kind.USER, key=self.key(number), fields=fields)
