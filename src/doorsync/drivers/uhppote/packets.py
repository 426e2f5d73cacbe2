"""The bytes of a UHPPOTE controller, as the simulator reads and writes them: 64 bytes a packet. Pure.

The driver does not use this module: it speaks through the PyPI library `uhppoted`, so that two authors check each other.
Source of the layout: the published protocol of uhppote-core.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from struct import pack, pack_into, unpack_from
from typing import TypeVar

T = TypeVar("T")

SIZE = 64
START = 0x17
SET_TIME, GET_TIME = 0x30, 0x32
PUT_CARD, DELETE_CARD, DELETE_ALL_CARDS = 0x50, 0x52, 0x54
COUNT_CARDS, GET_CARD, GET_CARD_AT = 0x58, 0x5A, 0x5C
SET_PROFILE, CLEAR_PROFILES, GET_PROFILE = 0x88, 0x8A, 0x98
OPEN_DOOR = 0x40
SET_DOOR_CONTROL, GET_DOOR_CONTROL = 0x80, 0x82
GET_CONTROLLER = 0x94
GET_EVENT, SET_EVENT_INDEX, GET_EVENT_INDEX = 0xB0, 0xB2, 0xB4
NO_DATE = bytes(4)


class Malformed(ValueError):
    """Not a packet of this protocol."""


def request_of(packet: bytes) -> tuple[int, int]:
    """The function and the serial number that a request is for. Raises Malformed."""
    if len(packet) != SIZE or packet[0] != START:
        raise Malformed
    return packet[1], number_at(packet, 4)


def reply(function: int, serial: int, *parts: tuple[int, bytes]) -> bytes:
    """A packet with these bytes at these places."""
    packet = bytearray(SIZE)
    pack_into("<BBxxI", packet, 0, START, function, serial)
    for place, content in parts:
        packet[place : place + len(content)] = content
    return bytes(packet)


def number_at(packet: bytes, place: int) -> int:
    """Four bytes, lowest first."""
    found: int = unpack_from("<I", packet, place)[0]
    return found


def pin_at(packet: bytes, place: int) -> int:
    """Three bytes, lowest first; 0 is no PIN."""
    return int.from_bytes(packet[place : place + 3], "little")


def number(value: int, size: int = 4) -> bytes:
    """So many bytes, lowest first."""
    return value.to_bytes(size, "little")


def date_at(packet: bytes, place: int) -> str:
    """A day as YYYY-MM-DD; "" for none. Raises Malformed."""
    content = packet[place : place + 4]
    if content == NO_DATE:
        return ""
    return _read(lambda text: date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}"), content).isoformat()


def day(text: str) -> bytes:
    """YYYY-MM-DD in four bytes of two digits each; no day is zeros."""
    return bytes.fromhex(text.replace("-", "")) if text else NO_DATE


def moment_at(packet: bytes, place: int) -> datetime:
    """A date with a time, seven bytes of two digits each. Raises Malformed."""
    return _read(lambda text: datetime.strptime(text, "%Y%m%d%H%M%S"), packet[place : place + 7])  # noqa: DTZ007 - a wall clock


def moment(value: datetime) -> bytes:
    """A date with a time."""
    return bytes.fromhex(f"{value:%Y%m%d%H%M%S}")


def minute_at(packet: bytes, place: int) -> str:
    """A time as HH:MM. Raises Malformed."""
    return f"{_read(lambda text: time(int(text[:2]), int(text[2:])), packet[place : place + 2]):%H:%M}"


def minute(text: str) -> bytes:
    """HH:MM in two bytes."""
    return bytes.fromhex(text.replace(":", ""))


def flag(value: object) -> bytes:
    """One byte, 1 or 0."""
    return pack("<B", bool(value))


def _read(parse: Callable[[str], T], content: bytes) -> T:
    try:
        return parse(content.hex())
    except ValueError as error:
        raise Malformed from error
