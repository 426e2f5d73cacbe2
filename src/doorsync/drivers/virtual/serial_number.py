"""The type plate of a virtual terminal: its serial number, made at its first start; and what its clock says."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from doorsync import __version__
from doorsync.drivers.virtual import files
from doorsync.drivers.virtual.errors import VirtualTerminalError

FILE, CLOCK = "serial", "clock"
WALL = "%Y-%m-%dT%H:%M:%S"
SERIAL = re.compile(r"[A-Za-z0-9-]{0,32}")


class BadSerial(VirtualTerminalError):
    """A serial number is at most 32 letters, digits and hyphens, and does not change while the device is the same."""


def settle(folder: Path, wished: str | None = None) -> None:
    """Give the terminal in this folder a serial number at its first start; an empty one is for a make that has none."""
    path = folder / FILE
    if wished is not None and not SERIAL.fullmatch(wished):
        raise BadSerial(BadSerial.__doc__)
    if not path.exists():
        replace(folder, wished)
    if wished is not None and serial(folder) != wished:
        raise BadSerial(f"This terminal was made with the serial number {serial(folder)!r}; use another folder.")


def replace(folder: Path, wished: str | None = None) -> None:
    """Give it another serial number, as when the device was replaced."""
    files.write(folder / FILE, f"VT{secrets.token_hex(5).upper()}\n" if wished is None else f"{wished}\n")


def serial(folder: Path) -> str:
    """The serial number; "" where there is none."""
    try:
        return (folder / FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def read(folder: Path) -> dict[str, str]:
    """The contents of the file."""
    return {"serial": serial(folder), "model": "virtual terminal", "firmware": __version__}


def clock(folder: Path, off: int) -> str:
    """Its wall clock: that of its machine, as it was set, and so many seconds off."""
    set_by = timedelta(seconds=off + _set_by(folder))
    return (datetime.now() + set_by).strftime(WALL)  # noqa: DTZ005 - a clock on a wall


def set_clock(folder: Path, wall: str) -> None:
    """Set its clock. Raises ValueError when that is no time."""
    ahead = datetime.strptime(wall, WALL) - datetime.now()  # noqa: DTZ005, DTZ007 - a clock on a wall
    files.write(folder / CLOCK, f"{round(ahead.total_seconds())}\n")


def _set_by(folder: Path) -> int:
    try:
        return int((folder / CLOCK).read_text())
    except (FileNotFoundError, ValueError):
        return 0
