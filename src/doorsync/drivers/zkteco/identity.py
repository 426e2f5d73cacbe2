"""What a terminal says of itself, and what follows for how it keeps people."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from doorsync.domain.capabilities import Letters
from doorsync.drivers.zkteco import protocol
from doorsync.drivers.zkteco.connection import Connection
from doorsync.drivers.zkteco.protocol import Command, Reply
from doorsync.drivers.zkteco.records import Shape
from doorsync.drivers.zkteco.rows import LARGE
from doorsync.drivers.zkteco.user_table import UserTable
from doorsync.drivers.zkteco.zone_table import FIRST

DIGITS = 9  # of the number that people type, where the terminal does not tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """What does not change in a session. `digits` of the numbers that people type."""

    model: str
    firmware: str
    digits: int
    has_zones: bool


def read_plate(connection: Connection) -> Plate:
    """Ask for it; a terminal that does not know one of these has "". Raises TerminalError when it is lost."""
    width = read_option(connection, "~PIN2Width")
    version = connection.ask(Command.VERSION)
    return Plate(
        model=read_option(connection, "~DeviceName"),
        firmware=_text(version.data) if version.command == Reply.OK else "",
        digits=int(width) if width.isdigit() and 1 <= int(width) <= DIGITS else DIGITS,
        has_zones=connection.ask(Command.READ_ZONE, struct.pack("<I", FIRST)).command == Reply.OK,
    )


def shape_of(table: UserTable, plate: Plate, options: Mapping[str, str]) -> Shape:
    """How this terminal keeps people. Small rows have no time zones. Raises TerminalError."""
    row = table.find_row(int(options.get("row") or LARGE.size))
    zones = int(options.get("zones") or 50) if plate.has_zones and row == LARGE.size else 0
    return Shape(row=row, letters=Letters(options.get("letters") or Letters.UTF_8), digits=plate.digits, zones=zones)


def read_option(connection: Connection, name: str) -> str:
    """A value that the terminal keeps under this name, "" where it does not know it. Raises TerminalError when it is lost."""
    answer = connection.ask(Command.READ_OPTION, name.encode() + b"\0")
    return _text(answer.data).partition("=")[2][:64] if answer.command == Reply.OK else ""


def read_clock(connection: Connection) -> str:
    """The wall clock, "" where it shows no possible time. Raises TerminalError when the terminal is lost."""
    answer = connection.ask(Command.READ_CLOCK)
    try:
        return protocol.decode_clock(int.from_bytes(answer.data[:4], "little")).isoformat() if answer.command == Reply.OK else ""
    except ValueError:
        return ""


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("ascii", errors="replace")
