from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from doorsync.drivers.virtual.event_memory import EventMemory
from doorsync.drivers.virtual.memory import Memory

EVENT = {"wall": "2026-11-27T12:00:00", "code": "granted", "reason": "", "key": "7", "used": "card", "card": "", "door": 1}


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventMemory]:
    with closing(Memory(tmp_path)) as memory:
        yield memory.events


def positions(events: EventMemory) -> list[int]:
    return [entry["position"] for entry in events.after(0, 100)]


def test_a_full_log_writes_over_its_oldest_entries_and_says_which_it_still_has(events: EventMemory) -> None:
    for _ in range(5):
        events.append(3, **EVENT)
    assert positions(events) == [3, 4, 5]
    assert events.state()[1:] == (3, 5)


def test_clearing_forgets_and_the_count_goes_on(events: EventMemory) -> None:
    series = events.state()[0]
    for _ in range(4):
        events.append(10, **EVENT)
    events.clear(4)
    assert events.state() == (series, 5, 4)
    assert events.append(10, **EVENT) == 5


def test_a_reset_begins_another_series(events: EventMemory) -> None:
    events.append(10, **EVENT)
    before = events.state()[0]
    events.restart()
    series, oldest, last = events.state()
    assert (oldest, last) == (1, 0)
    assert series != before


def test_the_series_outlives_a_restart_of_the_terminal(tmp_path: Path) -> None:
    with closing(Memory(tmp_path)) as memory:
        before = memory.events.state()
    with closing(Memory(tmp_path)) as memory:
        assert memory.events.state() == before
