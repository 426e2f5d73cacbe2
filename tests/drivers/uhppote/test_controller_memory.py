"""The memory of a simulated controller: slots are counted from 1, and those of deleted cards are used first."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.drivers.uhppote.controller_memory import Card, ControllerMemory


@pytest.fixture
def memory(tmp_path: Path) -> ControllerMemory:
    return ControllerMemory(tmp_path)


def card(number: int, pin: int = 0) -> Card:
    return Card(number=number, starts="2026-01-01", ends="2026-12-31", doors=(0, 1, 29, 0), pin=pin)


def test_a_card_is_kept_whole_and_again_after_the_power_was_off(memory: ControllerMemory, tmp_path: Path) -> None:
    memory.put(card(4711, pin=1234))
    assert ControllerMemory(tmp_path).card(4711) == card(4711, pin=1234)
    assert memory.card(4712) is None


def test_a_card_that_is_written_again_keeps_its_slot(memory: ControllerMemory) -> None:
    memory.put(card(1))
    memory.put(card(2))
    memory.put(card(1, pin=9))
    assert (memory.count(), memory.card_at(1)) == (2, card(1, pin=9))


def test_the_slot_of_a_deleted_card_says_so_until_somebody_has_it(memory: ControllerMemory) -> None:
    for number in (1, 2, 3):
        memory.put(card(number))
    assert memory.remove(2)
    assert not memory.remove(2)
    assert (memory.count(), memory.card_at(2), memory.was_deleted(2)) == (2, None, True)
    assert (memory.was_deleted(1), memory.was_deleted(4)) == (False, False)
    memory.put(card(4))
    assert (memory.card_at(2), memory.was_deleted(2)) == (card(4), False)
