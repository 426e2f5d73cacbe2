"""Terminals that change places, lose their memory, or are enrolled at: on the real programs, as people saw it happen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorsync.drivers.virtual import tampering
from tests.factories.stack import Stack, stack, until

ALICE, BOB, CAROL = (
    {"id": str(number), "last_name": name, "groups": ["Members"]} for number, name in ((1, "Alice"), (2, "Bob"), (3, "Carol"))
)
GATE, OFFICE, POOL = "Gate", "Office", "Pool"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stack]:
    """Alice and Bob are in both terminals, and the hub knows it."""
    with stack(tmp_path, [ALICE, BOB]) as running:
        running.start_agent()
        running.press()
        until(lambda: all(names(running, each) == {"Alice", "Bob"} for each in (GATE, POOL)), "both in both")
        until(lambda: not running.query("SELECT 1 FROM sync_run WHERE closed_at IS NULL"), "the run ending")
        running.addresses = {name: f"127.0.0.1:{running.terminal_port(name)}" for name in (GATE, POOL)}
        yield running


def names(running: Stack, terminal: str) -> set[str]:
    return set(running.people(terminal).values())


def waiting(running: Stack) -> list[str]:
    """The terminals with a removal that is not confirmed, once for each."""
    rows = running.query(
        "SELECT t.name FROM sync_holding h JOIN terminals_terminal t ON t.id = h.terminal_id WHERE h.state = 1 ORDER BY t.name"
    )
    return [name for (name,) in rows]


def swap(running: Stack) -> None:
    """As after new leases: each answers where the other did."""
    for name in (GATE, POOL):
        running.end(name)
    tampering.swap(*(running.memory_folder(name) for name in (GATE, POOL)))
    for name in (GATE, POOL):
        running.start_terminal(name)


@pytest.mark.requirement("I-01", mutation="the batch without `serial`; or a watch that never tells that the right device is back")
def test_swapped_terminals_get_and_confirm_nothing_and_go_on_by_themselves(running: Stack) -> None:
    swap(running)
    running.load([BOB])  # nobody presses: removals go out by themselves
    until(lambda: len(running.query("SELECT 1 FROM terminals_terminal WHERE other_at IS NOT NULL")) == 2, "both being noticed")
    assert names(running, GATE) == names(running, POOL) == {"Alice", "Bob"}
    until(lambda: OFFICE not in waiting(running), "the office having confirmed that Alice is gone")
    assert waiting(running) == [GATE, POOL]

    swap(running)
    until(lambda: names(running, GATE) == names(running, POOL) == {"Bob"}, "Alice being removed from both", 120)


@pytest.mark.requirement("I-02", mutation="a press that asks no terminal for which nothing is waiting")
def test_emptied_terminal_is_filled_by_a_press_though_nothing_was_waiting(running: Stack) -> None:
    running.end(GATE)
    (running.memory_folder(GATE) / "memory.sqlite3").unlink()
    running.start_terminal(GATE)
    until(lambda: "listens" in running.log(GATE), "the gate listening")
    running.press()
    until(lambda: names(running, GATE) == {"Alice", "Bob"}, "both being back at the gate")


@pytest.mark.requirement("I-03", mutation="Order.new always false")
def test_whoever_was_enrolled_at_a_terminal_keeps_the_number_there(running: Stack) -> None:
    running.load([ALICE, BOB, CAROL])
    # Loaded first: a number under which the hub knows a stranger is given to nobody.
    number = running.query("SELECT number FROM users_user WHERE last_name = 'Carol'")[0][0]
    tampering.enrol(running.memory_folder(GATE), key=str(number), name="Fire brigade", cards=["999112"])
    running.press()
    until(lambda: "Carol" in names(running, POOL), "Carol at the pool")
    until(lambda: running.query("SELECT name FROM sync_stranger") == [("Fire brigade",)], "the stranger being known")
    assert running.people(GATE)[str(number)] == "Fire brigade"
    assert "Carol" not in names(running, GATE)
