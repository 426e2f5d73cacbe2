"""Hours that pass without anybody waiting: whatever has happened lies so much further back, in the hub and at the doors."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack

LIVE = ("terminals_agent", "django_session")  # what a running agent says anew every half minute, and who is signed in
OF_ROWS = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'datetime'"


def let_hours_pass(running: Stack, hours: int) -> None:
    """With an agent that does not run, the moments at which it was last heard of lie further back too."""
    kept = LIVE if "agent" in running.processes else LIVE[1:]
    with closing(sqlite3.connect(running.folder / "hub/hub.sqlite3", timeout=PATIENCE)) as base, base:
        base.execute("BEGIN IMMEDIATE")
        for table, columns in _moments(base).items():
            if table not in kept:
                moved = ", ".join(f"{each} = strftime('%Y-%m-%d %H:%M:%f', {each}, '-{hours} hours')" for each in columns)
                base.execute(f"UPDATE {table} SET {moved} WHERE coalesce({', '.join(columns)}, 0) != 0")
    for name in running.terminals:
        _age_log(running.memory_folder(name) / "memory.sqlite3", hours)


def _moments(base: sqlite3.Connection) -> dict[str, list[str]]:
    """Table -> its columns that hold a moment."""
    found: dict[str, list[str]] = {}
    for table, column in base.execute(OF_ROWS):
        found.setdefault(table, []).append(column)
    return found


def _age_log(memory: Path, hours: int) -> None:
    with closing(sqlite3.connect(memory, timeout=PATIENCE)) as base, base:
        base.execute(f"UPDATE event SET wall = strftime('%Y-%m-%dT%H:%M:%S', wall, '-{hours} hours')")
