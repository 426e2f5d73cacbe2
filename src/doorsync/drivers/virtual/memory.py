"""The memory of a virtual terminal: an SQLite file in its folder. The README documents its tables for other readers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual.event_memory import EventMemory

FILE = "memory.sqlite3"
SCHEMA = """
CREATE TABLE IF NOT EXISTS user (key TEXT PRIMARY KEY, name TEXT NOT NULL, cards TEXT NOT NULL, pin TEXT NOT NULL,
  schedules TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schedule (key TEXT PRIMARY KEY, name TEXT NOT NULL, slots TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS own (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS door_mode (door INTEGER PRIMARY KEY, mode TEXT NOT NULL);
"""
COLUMNS = {"user": ("key", "name", "cards", "pin", "schedules", "until"), "schedule": ("key", "name", "slots")}
LISTS = ("cards", "schedules", "slots")  # kept as JSON


class Memory:
    """Its tables, and writes that reach the disk when `flush` is called; what was not flushed is lost with the power."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / FILE, isolation_level=None, timeout=10)
        self._base.execute("PRAGMA journal_mode = TRUNCATE")
        self._base.executescript(SCHEMA)
        self.events = EventMemory(self._base)
        self.unflushed = 0

    def count(self, kind: str) -> int:
        """How many entries of a kind it holds."""
        found: int = self._base.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]  # noqa: S608 - one of two table names
        return found

    def get(self, kind: str, keys: Iterable[str]) -> list[dict[str, Any]]:
        """The entries under these keys that are there."""
        query = f"SELECT * FROM {kind} WHERE key = ?"  # noqa: S608 - one of two table names
        return [_entry(kind, row) for key in keys for row in self._base.execute(query, [key])]

    def after(self, kind: str, key: str, limit: int) -> list[dict[str, Any]]:
        """The next entries in the order of their keys."""
        query = f"SELECT * FROM {kind} WHERE key > ? ORDER BY key LIMIT ?"  # noqa: S608 - one of two table names
        return [_entry(kind, row) for row in self._base.execute(query, [key, limit])]

    def own(self) -> set[str]:
        """The keys of the users who are its own administrators."""
        return {key for (key,) in self._base.execute("SELECT key FROM own")}

    def make_own(self, key: str) -> None:
        """The user under this key administers it."""
        self._write("INSERT OR IGNORE INTO own VALUES (?)", [key])

    def holder(self, name: str, value: str, but: str) -> str | None:
        """The key of somebody else who has this card ("cards") or PIN ("pin"), if there is one."""
        test = "EXISTS (SELECT 1 FROM json_each(cards) WHERE value = ?)" if name == "cards" else "pin = ?"
        query = f"SELECT key FROM user WHERE key <> ? AND {test}"  # noqa: S608 - one of two tests
        found = self._base.execute(query, [but, value]).fetchone()
        return found[0] if found else None

    def put(self, kind: str, entry: dict[str, Any]) -> None:
        """Add or replace."""
        values = [json.dumps(entry[name]) if name in LISTS else entry[name] for name in COLUMNS[kind]]
        marks = ", ".join("?" * len(values))
        self._write(f"INSERT OR REPLACE INTO {kind} VALUES ({marks})", values)  # noqa: S608 - one of two table names

    def remove(self, kind: str, key: str) -> None:
        """Remove; nothing happens when it is not there."""
        self._write(f"DELETE FROM {kind} WHERE key = ?", [key])  # noqa: S608 - one of two table names
        if kind == "user":
            self._base.execute("DELETE FROM own WHERE key = ?", [key])

    def erase(self) -> None:
        """Forget all but its own administrators."""
        self._write("DELETE FROM user WHERE key NOT IN (SELECT key FROM own)", [])
        self._base.execute("DELETE FROM schedule")

    def empty(self) -> None:
        """Forget everything, as when it leaves the factory."""
        for table in (*COLUMNS, "own", "door_mode"):
            self._write(f"DELETE FROM {table}", [])  # noqa: S608 - one of four table names
        self.events.restart()

    def log(self, room: int, **event: Any) -> None:
        """Write an entry into its log, which has room for so many."""
        self._begin()
        self.events.append(room, **event)

    def door_mode(self, door: int) -> str:
        """The mode of a door, "schedule" until it was told another."""
        found = self._base.execute("SELECT mode FROM door_mode WHERE door = ?", [door]).fetchone()
        return found[0] if found else "schedule"

    def set_door_mode(self, door: int, mode: str) -> None:
        """Keep this door in this mode."""
        self._write("INSERT OR REPLACE INTO door_mode VALUES (?, ?)", [door, mode])

    def forget_one(self) -> None:
        """Lose a user on the disk without an error, as worn memory does."""
        self._write("DELETE FROM user WHERE key = (SELECT min(key) FROM user)", [])

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Run the block in one transaction, also for other processes."""
        self._base.execute("BEGIN IMMEDIATE")
        with self._base:
            yield

    def flush(self) -> None:
        """Bring all writes to the disk."""
        if self.unflushed:
            self._base.execute("COMMIT")
        self.unflushed = 0

    def close(self) -> None:
        """Flush and let go of the file."""
        self.flush()
        self._base.close()

    def _write(self, statement: str, values: list[Any]) -> None:
        self._begin()
        self._base.execute(statement, values)

    def _begin(self) -> None:
        if not self.unflushed:
            self._base.execute("BEGIN IMMEDIATE")
        self.unflushed += 1


def _entry(kind: str, row: tuple[str, ...]) -> dict[str, Any]:
    pairs = zip(COLUMNS[kind], row, strict=True)
    return {name: json.loads(value) if name in LISTS else value for name, value in pairs}
