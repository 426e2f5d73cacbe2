"""A terminal that was off for long gets what it missed soon after its return, on the real programs, and nobody presses."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack, stack, until

ALICE, BOB = ({"id": str(number), "last_name": name, "groups": ["Members"]} for number, name in ((1, "Alice"), (2, "Bob")))
NOT_REACHED = "SELECT retry_at FROM sync_runterminal WHERE state = 'not-reached'"


def let_time_pass(running: Stack, column: str, hours: int) -> None:
    """As if the terminal had been off for an hour, and the hub would try it in an hour only."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    with closing(sqlite3.connect(running.folder / "hub/hub.sqlite3", timeout=PATIENCE)) as base, base:
        base.execute(f"UPDATE sync_runterminal SET {column} = ? WHERE {column} IS NOT NULL", [f"{moment:%Y-%m-%d %H:%M:%S}"])


@pytest.mark.requirement("R-05", mutation="not starting the watch")
def test_who_was_removed_meanwhile_is_gone_soon_after_the_terminals_return(tmp_path: Path) -> None:
    with stack(tmp_path, [ALICE, BOB]) as running:
        running.start_agent()
        running.press()
        until(lambda: set(running.people("Gate").values()) == {"Alice", "Bob"}, "both at the gate")
        until(lambda: not running.query("SELECT 1 FROM sync_run WHERE closed_at IS NULL"), "the run ending")
        running.end("Gate")
        running.load([BOB])
        until(lambda: running.query("SELECT 1 FROM sync_runterminal WHERE failing_since IS NOT NULL"), "the gate being missed")
        let_time_pass(running, "failing_since", -1)
        until(lambda: running.query(NOT_REACHED), "the gate being given up")
        let_time_pass(running, "retry_at", +1)
        assert set(running.people("Pool").values()) == {"Bob"}

        running.start_terminal("Gate")

        until(lambda: set(running.people("Gate").values()) == {"Bob"}, "Alice being gone")
        until(lambda: not running.query("SELECT 1 FROM sync_holding WHERE state > 0"), "the hub knowing it")
