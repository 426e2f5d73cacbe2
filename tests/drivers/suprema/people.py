"""Records for a Suprema device."""

from __future__ import annotations

from collections.abc import Sequence

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.contract import Session

WEEKDAYS: list[list[str]] = [[day, "08:00", "12:00"] for day in "12345"] + [[day, "13:00", "24:00"] for day in "12345"]


def person(number: int, **fields: Value) -> Record:
    plain: dict[str, Value] = {"name": "Alice", "cards": [], "pin": "", "schedules": [], "until": ""}
    return Record(kind=Kind.USER, key=str(number), fields={**plain, **fields})


def hours(place: int, name: str = "Office", slots: list[list[str]] = WEEKDAYS) -> Record:
    return Record(kind=Kind.SCHEDULE, key=str(place), fields={"name": name, "slots": sorted(slots)})


def refusals(session: Session, records: Sequence[Record]) -> dict[str, str]:
    return {answer.key: answer.refusal for answer in session.put_many(records) if answer.refusal}
