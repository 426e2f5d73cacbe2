"""The log of a virtual terminal: a ring in its memory, which writes over the oldest entries when it is full."""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS log (series TEXT NOT NULL, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS event (position INTEGER PRIMARY KEY, wall TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
  key TEXT NOT NULL, used TEXT NOT NULL, card TEXT NOT NULL, door INTEGER NOT NULL);
"""
COLUMNS = ("position", "wall", "code", "reason", "key", "used", "card", "door")


class EventMemory:
    """The log's tables, over the connection of the terminal's memory."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        base.executescript(SCHEMA)
        base.execute("INSERT INTO log SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM log)", [secrets.token_hex(8)])

    def state(self) -> tuple[str, int, int]:
        """The series, the oldest position that is still there, and the last that was given."""
        series, last = self._base.execute("SELECT series, last FROM log").fetchone()
        oldest = self._base.execute("SELECT min(position) FROM event").fetchone()[0]
        return series, oldest or last + 1, last

    def append(self, room: int, **event: Any) -> int:
        """Write an entry at the next position, over the oldest ones if there is room for `room` only."""
        position: int = self._base.execute("UPDATE log SET last = last + 1 RETURNING last").fetchone()[0]
        values = [position, *(event[name] for name in COLUMNS[1:])]
        self._base.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        self._base.execute("DELETE FROM event WHERE position <= ?", [position - room])
        return position

    def after(self, position: int, limit: int) -> list[dict[str, Any]]:
        """The next entries in the order of their positions."""
        rows = self._base.execute("SELECT * FROM event WHERE position > ? ORDER BY position LIMIT ?", [position, limit])
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    def clear(self, upto: int) -> None:
        """Forget entries; the positions go on."""
        self._base.execute("DELETE FROM event WHERE position <= ?", [upto])

    def restart(self) -> None:
        """Forget all, and count anew in another series, as after a reset."""
        self._base.execute("DELETE FROM event")
        self._base.execute("UPDATE log SET series = ?, last = 0", [secrets.token_hex(8)])
