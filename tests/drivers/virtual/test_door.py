"""Was the door open for X? The terminal decides from its own memory, and its log says what it decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import time_machine

from doorsync.drivers.virtual import door, faults, files
from doorsync.drivers.virtual.door import Decision
from doorsync.drivers.virtual.memory import Memory
from doorsync.drivers.virtual.tampering import CannotDo

FRIDAY_NOON = "2026-11-27T12:00:00"
OFFICE = {"key": "1", "name": "Office", "slots": [["5", "08:00", "18:00"]]}
ALICE = {"key": "7", "name": "Alice", "cards": ["200"], "pin": "1234", "schedules": ["1"], "until": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A terminal that was started once, with Alice and the office hours in it; its clock shows Friday noon."""
    files.write(tmp_path / "port", "1\n")
    remember(tmp_path, "schedule", OFFICE)
    remember(tmp_path, "user", ALICE)
    with time_machine.travel(FRIDAY_NOON, tick=False):
        yield tmp_path


def remember(folder: Path, kind: str, entry: dict[str, Any]) -> None:
    with closing(Memory(folder)) as memory:
        memory.put(kind, entry)


def logged(folder: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(folder / "memory.sqlite3")) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute("SELECT * FROM event ORDER BY position")]


@pytest.mark.parametrize("shown", [{"card": "200"}, {"pin": "1234"}, {"key": "7", "pin": "1234"}])
def test_the_door_opens_within_the_hours_and_the_log_says_for_whom(folder: Path, shown: dict[str, Any]) -> None:
    assert door.show(folder, **shown) == Decision(opened=True, key="7")
    entry = logged(folder)[0]
    assert (entry["position"], entry["wall"], entry["code"], entry["key"], entry["card"]) == (1, FRIDAY_NOON, "granted", "7", "")


@pytest.mark.parametrize(
    ("change", "shown", "reason", "key"),
    [
        ({}, {"card": "201"}, "unknown", ""),
        ({}, {"key": "8", "pin": "1234"}, "unknown", ""),
        ({}, {"key": "7", "pin": "4321"}, "wrong-pin", "7"),
        ({"until": "2026-11-27T12:00"}, {"card": "200"}, "expired", "7"),
        ({"schedules": []}, {"card": "200"}, "no-hours", "7"),
        ({"schedules": ["9"]}, {"card": "200"}, "no-hours", "7"),
    ],
)
def test_the_door_stays_shut_and_the_log_says_why(
    folder: Path, change: dict[str, Any], shown: dict[str, Any], reason: str, key: str
) -> None:
    remember(folder, "user", ALICE | change)
    assert door.show(folder, **shown) == Decision(opened=False, reason=reason, key=key)
    entry = logged(folder)[0]
    assert (entry["code"], entry["reason"], entry["key"]) == ("denied", reason, key)
    assert entry["card"] == ("201" if shown == {"card": "201"} else "")


@pytest.mark.parametrize(("seconds", "opened"), [(6 * 3600 - 1, True), (6 * 3600, False), (-4 * 3600, True), (86400, False)])
def test_the_terminal_goes_by_its_own_clock(folder: Path, seconds: int, *, opened: bool) -> None:
    faults.tell(folder, clock_off=seconds)
    assert door.show(folder, card="200").opened is opened


def test_a_pin_is_in_no_entry_of_the_log(folder: Path) -> None:
    door.show(folder, pin="1234")
    door.show(folder, pin="98765")
    assert not [entry for entry in logged(folder) if {"1234", "98765"} & {str(value) for value in entry.values()}]


def test_whoever_shows_nothing_or_stands_before_no_terminal_is_told_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotDo):
        door.show(folder)
    with pytest.raises(CannotDo):
        door.show(tmp_path / "nowhere", card="200")


def test_a_door_that_is_held_open_opens_to_everybody_and_one_that_is_locked_down_to_nobody(folder: Path) -> None:
    with closing(Memory(folder)) as memory:
        memory.set_door_mode(1, "held-open")
    assert door.show(folder, card="201") == Decision(opened=True)
    with closing(Memory(folder)) as memory:
        memory.set_door_mode(1, "locked-down")
    assert door.show(folder, card="200") == Decision(opened=False, reason="locked-down")
    assert door.show(folder, card="200", door=2).opened
