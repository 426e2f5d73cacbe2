"""The log of a real virtual terminal comes onto the disk whole, whatever happens to the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.agent.events import reading as module
from doorsync.agent.events.journal import Journal
from doorsync.agent.events.reading import Reading, contiguous
from doorsync.domain.door_events import DoorEvent, EventCode, LogPage
from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.virtual import door
from doorsync.drivers.virtual.driver import VirtualDriver
from doorsync.messages.events import LoggedEvent
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "events")


def read(journal: Journal, gate: VirtualTerminal, *, serial: str | None = None, terminal: str = "gate") -> bool:
    expected = gate.serial if serial is None else serial
    reading = Reading(journal=journal, terminal=terminal, serial=expected, enough=lambda: False)
    with VirtualDriver().open(ConnectionSettings(address=gate.address), timeout=PATIENCE) as session:
        return reading.read(session)


def show(gate: VirtualTerminal, count: int, first: int = 1) -> None:
    for card in range(first, first + count):
        door.show(gate.folder, card=str(card))


def stored(journal: Journal, gate: VirtualTerminal) -> list[LoggedEvent]:
    files = journal.newest("gate", gate.serial)
    assert files
    found: list[LoggedEvent] = []
    while more := files.after(found[-1].position if found else 0):
        found += more
    return found


def cards(journal: Journal, gate: VirtualTerminal) -> list[str]:
    return [event.card or f"lost {event.lost}" for event in stored(journal, gate)]


def test_each_reading_goes_on_after_the_one_before_and_leaves_the_log_as_it_is(journal: Journal, gate: VirtualTerminal) -> None:
    show(gate, 3)
    assert read(journal, gate)
    assert read(journal, gate)
    show(gate, 1, first=4)
    read(journal, gate)
    assert cards(journal, gate) == ["1", "2", "3", "4"]
    assert gate.rows("SELECT count(*) FROM event") == [(4,)]


def test_a_log_that_was_reset_is_read_from_its_start_and_nothing_of_the_old_one_is_read_twice(
    journal: Journal, gate: VirtualTerminal, tmp_path: Path
) -> None:
    show(gate, 2)
    read(journal, gate)
    gate.empty()
    show(gate, 2, first=8)
    read(journal, gate)
    assert cards(journal, gate) == ["8", "9"]
    show(gate, 1, first=10)
    again = Journal(tmp_path / "events")  # after a restart it is not known which of the two is the newer one
    read(again, gate)
    assert cards(again, gate) == ["8", "9", "10"]


def test_entries_that_were_written_over_or_cleared_are_told_as_lost(journal: Journal, gate: VirtualTerminal) -> None:
    show(gate, 2)
    read(journal, gate)
    show(gate, 4, first=3)
    gate.change("DELETE FROM event WHERE position <= 4")
    read(journal, gate)
    assert cards(journal, gate) == ["1", "2", "lost 2", "5", "6"]
    show(gate, 1, first=7)
    gate.change("DELETE FROM event")
    read(journal, gate)
    assert cards(journal, gate)[-1] == "lost 1"
    assert stored(journal, gate)[-1].code is EventCode.LOST


def test_another_device_at_the_address_is_not_read(journal: Journal, gate: VirtualTerminal) -> None:
    show(gate, 1)
    assert not read(journal, gate, serial="another")
    assert journal.all() == []


def test_a_device_that_moved_to_another_address_goes_on_where_it_was(journal: Journal, gate: VirtualTerminal) -> None:
    show(gate, 2)
    read(journal, gate)
    show(gate, 1, first=3)
    read(journal, gate, terminal="pool")
    assert cards(journal, gate) == ["1", "2", "3"]


def test_reading_stops_early_where_a_batch_waits(
    journal: Journal, gate: VirtualTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVENTS", 2)
    show(gate, 5)
    reading = Reading(journal=journal, terminal="gate", serial=gate.serial, enough=lambda: True)
    with VirtualDriver().open(ConnectionSettings(address=gate.address), timeout=PATIENCE) as session:
        reading.read(session)
    assert cards(journal, gate) == ["1", "2"]
    read(journal, gate)
    assert cards(journal, gate) == ["1", "2", "3", "4", "5"]


def test_what_the_hub_lacks_again_is_read_from_the_terminal_and_told_as_lost_where_it_is_gone(
    journal: Journal, gate: VirtualTerminal
) -> None:
    show(gate, 6)
    read(journal, gate)
    (files,) = journal.all()
    fresh = journal.open(files.about)
    for path in fresh._folder.glob("[0-9]*"):
        path.unlink()
    fresh._firsts, fresh.missing = [], 1
    gate.change("DELETE FROM event WHERE position <= 3")
    read(journal, gate)
    assert [(each.position, each.lost) for each in fresh.after(1)] == [(3, 2), (4, 0), (5, 0), (6, 0)]
    assert fresh.missing is None


def test_the_terminal_forgets_only_what_the_hub_has_and_only_when_it_says_so(journal: Journal, gate: VirtualTerminal) -> None:
    show(gate, 4)
    read(journal, gate)
    (files,) = journal.all()
    files.have = 3
    read(journal, gate)
    assert gate.rows("SELECT position FROM event") == [(1,), (2,), (3,), (4,)]
    files.clear = True
    read(journal, gate)
    assert gate.rows("SELECT position FROM event") == [(4,)]


def test_what_no_message_can_carry_is_told_as_such_and_holds_nothing_up() -> None:
    strange = DoorEvent(position=2, wall="", code=EventCode.DENIED, reason="Not A Word")
    page = LogPage(series="a", oldest=1, last=3, events=(event_at(1), strange, event_at(3)))
    found = contiguous(page, 0, "2026-11-27T12:00:00")
    assert [(each.position, each.code.value, each.reason) for each in found] == [
        (1, "granted", ""),
        (2, "other", "unreadable"),
        (3, "granted", ""),
    ]


def event_at(position: int) -> DoorEvent:
    return DoorEvent(position=position, wall="", code=EventCode.GRANTED, key="7")
