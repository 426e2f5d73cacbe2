"""What stands in the memory of a simulated UHPPOTE controller, read apart from the driver."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

NO_END = "2099-12-31"
GONE = bytes.fromhex("20000101")


def cards(folder: Path) -> dict[str, dict[str, Any]]:
    """Card -> the fields of a record; the bench's people pass the doors 1 and 2."""
    with sqlite3.connect(folder / "controller.sqlite3") as base:
        rows = base.execute("SELECT number, ends, door1, door2, door3, door4, pin FROM card").fetchall()
    return {
        str(number): {
            "cards": [str(number)],
            "pin": str(pin) if pin else "",
            "schedules": [str((doors[0] - 2) // 7 + 1)] if doors[0] else [],
            "until": "" if ends == NO_END else f"{date.fromisoformat(ends) + timedelta(days=1)}T00:00",
        }
        for number, ends, *doors, pin in rows
        if doors[0] == doors[1] and not doors[2] and not doors[3]
    }


def schedules(folder: Path) -> dict[str, dict[str, Any]]:
    """Place -> its hours, of those that were not taken back."""
    with sqlite3.connect(folder / "controller.sqlite3") as base:
        contents: dict[int, bytes] = dict(base.execute("SELECT id, content FROM profile"))
    firsts = [number for number, content in contents.items() if (number - 2) % 7 == 0 and content[4:8] != GONE]
    return {str((first - 2) // 7 + 1): {"slots": sorted(_slots(contents, first))} for first in firsts}


def _slots(contents: dict[int, bytes], number: int) -> list[list[str]]:
    content = contents[number]
    days = [str(day) for day in range(1, 8) if content[7 + day]]
    times = [content[at : at + 2].hex(":") for at in range(15, 27, 2)]
    pairs = [(start, "24:00" if end == "23:59" else end) for start, end in zip(times[::2], times[1::2], strict=True)]
    own = [[day, start, end] for day in days for start, end in pairs if start != end]
    return own + (_slots(contents, content[27]) if content[27] else [])
