"""The memory of a simulated controller: an SQLite file in its folder. The README documents its tables for other readers."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

FILE = "controller.sqlite3"
SCHEMA = """
CREATE TABLE IF NOT EXISTS card (slot INTEGER PRIMARY KEY, number INTEGER UNIQUE, starts TEXT, ends TEXT,
  door1 INTEGER, door2 INTEGER, door3 INTEGER, door4 INTEGER, pin INTEGER);
CREATE TABLE IF NOT EXISTS deleted (slot INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS profile (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS event (position INTEGER PRIMARY KEY AUTOINCREMENT, granted INTEGER, door INTEGER, card INTEGER,
  wall TEXT, reason INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Card:
    """One card: its days, and for each of the four doors 0 (never), 1 (always) or the number of a time profile."""

    number: int
    starts: str
    ends: str
    doors: tuple[int, ...]
    pin: int = 0


class ControllerMemory:
    """Its tables. Each write is on the disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / FILE, isolation_level=None, timeout=10, check_same_thread=False)
        self._base.execute("PRAGMA synchronous = OFF")  # what a power cut does to a real controller is not simulated
        self._base.executescript(SCHEMA)

    def count(self) -> int:
        """How many cards it holds."""
        found: int = self._base.execute("SELECT count(*) FROM card").fetchone()[0]
        return found

    def card(self, number: int) -> Card | None:
        """The card with this number."""
        return self._card("number", number)

    def card_at(self, slot: int) -> Card | None:
        """The card in this slot, counted from 1."""
        return self._card("slot", slot)

    def was_deleted(self, slot: int) -> bool:
        """Whether there was a card in this slot, and nobody has used the slot since."""
        return self._base.execute("SELECT 1 FROM deleted WHERE slot = ?", [slot]).fetchone() is not None

    def put(self, card: Card) -> None:
        """Add or replace; a new card takes the first free slot, those of deleted cards first."""
        found = self._base.execute("SELECT slot FROM card WHERE number = ?", [card.number]).fetchone()
        slot = found[0] if found else self._free_slot()
        self._base.execute("DELETE FROM deleted WHERE slot = ?", [slot])
        self._base.execute(
            "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [slot, card.number, card.starts, card.ends, *card.doors, card.pin],
        )

    def remove(self, number: int) -> bool:
        """Remove; says whether it was there."""
        found = self._base.execute("DELETE FROM card WHERE number = ? RETURNING slot", [number]).fetchone()
        if found:
            self._base.execute("INSERT OR IGNORE INTO deleted VALUES (?)", [found[0]])
        return found is not None

    def erase_cards(self) -> None:
        """Forget all cards and where they were."""
        self._base.execute("DELETE FROM card")
        self._base.execute("DELETE FROM deleted")

    def profile(self, number: int) -> bytes | None:
        """The content of a time profile, as it was written: bytes 9 to 36 of its packet."""
        found = self._base.execute("SELECT content FROM profile WHERE id = ?", [number]).fetchone()
        return found[0] if found else None

    def put_profile(self, number: int, content: bytes) -> None:
        """Add or replace."""
        self._base.execute("INSERT OR REPLACE INTO profile VALUES (?, ?)", [number, content])

    def erase_profiles(self) -> None:
        """Forget all time profiles."""
        self._base.execute("DELETE FROM profile")

    def note_event(self, *, granted: bool, door: int, card: int, wall: str, reason: int) -> None:
        """Add to the log, and forget the oldest beyond what it holds."""
        values = [int(granted), door, card, wall, reason]
        self._base.execute("INSERT INTO event (granted, door, card, wall, reason) VALUES (?, ?, ?, ?, ?)", values)

    def event(self, position: int) -> tuple[int, int, int, int, str, int] | None:
        """Position, granted, door, card, wall clock and reason of one event."""
        found: tuple[int, int, int, int, str, int] | None = self._base.execute(
            "SELECT * FROM event WHERE position = ?", [position]
        ).fetchone()
        return found

    def event_range(self) -> tuple[int, int]:
        """The first and the last position in the log; zeros when it is empty."""
        first, last = self._base.execute("SELECT min(position), max(position) FROM event").fetchone()
        return first or 0, last or 0

    def forget_events(self, before: int) -> None:
        """Forget the events before this position."""
        self._base.execute("DELETE FROM event WHERE position < ?", [before])

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def _card(self, column: str, value: int) -> Card | None:
        query = f"SELECT number, starts, ends, door1, door2, door3, door4, pin FROM card WHERE {column} = ?"  # noqa: S608
        found = self._base.execute(query, [value]).fetchone()
        return Card(found[0], found[1], found[2], found[3:7], found[7]) if found else None

    def _free_slot(self) -> int:
        deleted = self._base.execute("SELECT min(slot) FROM deleted").fetchone()[0]
        last: int = self._base.execute("SELECT coalesce(max(slot), 0) FROM card").fetchone()[0]
        return deleted or last + 1
