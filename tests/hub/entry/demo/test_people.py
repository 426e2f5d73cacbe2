"""The demo's people: two files that fit each other, and changed as its story says."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from doorsync.hub.entry.demo import people

DAY = date(2026, 11, 23)
Row = dict[str, str]


def rows(text: str) -> dict[str, Row]:
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


BEFORE, AFTER = rows(people.people_before(DAY)), rows(people.people_after(DAY))


def test_some_came_some_changed_some_left() -> None:
    assert len(BEFORE) == 250
    assert len(AFTER.keys() - BEFORE.keys()) == 14
    assert len(BEFORE.keys() - AFTER.keys()) == 6
    assert sum(BEFORE[each] != AFTER[each] for each in BEFORE.keys() & AFTER.keys()) == 9


def test_nobody_shares_a_card_or_a_name() -> None:
    cards = [card for row in AFTER.values() for card in row["cards"].split("|") if card]
    names = [(row["first_name"], row["last_name"]) for row in AFTER.values()]

    assert len(set(cards)) == len(cards)
    assert len(set(names)) == len(names)


def test_cleaners_are_left_alone() -> None:
    """The saved filter leaves them out: so Sync brings everything that changed."""

    def cleaners(file: dict[str, Row]) -> list[Row]:
        return [row for row in file.values() if "Cleaners" in row["groups"]]

    assert cleaners(BEFORE) == cleaners(AFTER)


@pytest.mark.parametrize("file", [BEFORE, AFTER])
def test_days_are_counted_from_the_first_one(file: dict[str, Row]) -> None:
    starts, ends = ([date.fromisoformat(row[column]) for row in file.values() if row[column]] for column in ("starts", "expires"))
    assert starts
    assert all(timedelta(days=7) <= each - DAY <= timedelta(days=20) for each in starts)
    assert all(timedelta(days=30) <= each - DAY <= timedelta(days=700) for each in ends)
