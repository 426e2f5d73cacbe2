from __future__ import annotations

from datetime import date

import pytest

from doorsync.domain.record import Kind, Record
from doorsync.drivers.uhppote.records import CardEntry, entry_of, record_of


def record(until: str) -> Record:
    return Record(kind=Kind.USER, key="7", fields={"cards": ["7"], "pin": "", "schedules": ["1"], "until": until})


@pytest.mark.parametrize(
    ("until", "last_day"), [("2027-01-01T00:00", "2026-12-31"), ("2027-01-01T18:00", "2027-01-01"), ("", "2099-12-31")]
)
def test_card_ends_with_the_day_that_its_record_ends_in(until: str, last_day: str) -> None:
    assert entry_of(record(until), "1234").last_day == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("permissions", "schedules"),
    [
        ((2, 0, 2, 0), ["1"]),
        ((0, 0, 0, 0), []),
        ((2, 0, 9, 0), ["?"]),
        ((2, 2, 2, 0), ["?"]),
        ((1, 0, 1, 0), ["?"]),
        ((3, 0, 3, 0), ["?"]),
    ],
)
def test_permissions_that_are_no_place_of_the_hub_are_read_as_foreign(
    permissions: tuple[int, int, int, int], schedules: list[str]
) -> None:
    entry = CardEntry(number=7, last_day=date(2099, 12, 31), permissions=permissions, pin=0)
    assert record_of(entry, "13").fields["schedules"] == schedules
