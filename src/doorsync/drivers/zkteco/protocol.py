"""Packets of ZKTeco's standalone protocol (port 4370): bytes to packets and back. Pure; what rows mean stands in `rows`.

Written from published descriptions and captured packets; nothing here was tried on a real terminal by this project.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

MAGIC = b"\x50\x50\x82\x7d"
HEAD = struct.Struct("<4sI")  # before each packet on TCP: the magic, and the size of what follows
PACKET = struct.Struct("<4H")  # command or reply, checksum, session, number of the request
MAX_PACKET = 1 << 20
READ_PIECE = 0xFFC0  # bytes of a large table that a terminal sends at once over TCP
WRITE_PIECE = 1024  # bytes of a large upload in one packet
ACCEPTED = 50  # the tick byte of the comm key: any does, and other programs send this one


class Command(IntEnum):
    """Numbers of requests."""

    WRITE_USER = 8
    READ_USERS = 9
    READ_OPTION = 11
    WRITE_OPTION = 12
    READ_LOG = 13
    CLEAR_LOG = 15
    DELETE_USER = 18
    WRITE_USER_ZONES = 24
    READ_ZONE = 27
    WRITE_ZONE = 28
    UNLOCK = 31
    COUNTS = 50
    SAVE_UPLOAD = 110
    READ_CLOCK = 201
    WRITE_CLOCK = 202
    EVENT = 500
    CONNECT = 1000
    EXIT = 1001
    ENABLE = 1002
    DISABLE = 1003
    REFRESH = 1013
    VERSION = 1100
    AUTHENTICATE = 1102
    PREPARE_DATA = 1500
    DATA = 1501
    FREE_DATA = 1502
    PREPARE_READ = 1503
    READ_PIECE = 1504


class Reply(IntEnum):
    """Numbers of answers. Every number that is not listed is a refusal."""

    OK = 2000
    ERROR = 2001
    RETRY = 2003
    UNAUTHORIZED = 2005
    ENCRYPTED = 6001  # newer firmware, which wants a protocol that nobody has published
    UNKNOWN = 65535


class Garbled(ValueError):
    """The bytes are not of this protocol."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A request or an answer. `number` counts requests; answers carry that of their request."""

    command: int
    session: int
    number: int
    data: bytes = b""


def checksum(payload: bytes) -> int:
    """The complement of the sum of the 16-bit words, carried around; the payload's own checksum is left out by the caller."""
    words = payload + b"\0" * (len(payload) % 2)
    total: int = sum(struct.unpack(f"<{len(words) // 2}H", words))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def encode(packet: Packet) -> bytes:
    """The bytes of a packet, without the head that TCP needs."""
    rest = struct.pack("<2H", packet.session, packet.number) + packet.data
    return struct.pack("<2H", packet.command, checksum(struct.pack("<H", packet.command) + rest)) + rest


def decode(payload: bytes) -> Packet:
    """The packet in these bytes. Raises Garbled, also where the checksum is wrong."""
    if len(payload) < PACKET.size:
        raise Garbled("too short")
    command, said, session, number = PACKET.unpack_from(payload)
    if said != checksum(payload[:2] + payload[4:]):
        raise Garbled("checksum")
    return Packet(command, session, number, payload[PACKET.size :])


def frame(packet: Packet) -> bytes:
    """The packet as it goes over TCP."""
    payload = encode(packet)
    return HEAD.pack(MAGIC, len(payload)) + payload


def split(received: bytes) -> tuple[list[Packet], bytes]:
    """The whole packets in what TCP brought, and the rest. Raises Garbled."""
    packets = []
    while len(received) >= HEAD.size:
        magic, size = HEAD.unpack_from(received)
        if magic != MAGIC or not PACKET.size <= size <= MAX_PACKET:
            raise Garbled("head")
        end = HEAD.size + size
        if len(received) < end:
            break
        packets.append(decode(received[HEAD.size : end]))
        received = received[end:]
    return packets, received


def scramble(comm_key: int, session: int, tick: int = ACCEPTED) -> bytes:
    """The comm key as sent, 4 bytes that differ in each session. An eavesdropper can undo it."""
    reversed_bits = int(f"{comm_key & 0xFFFFFFFF:032b}"[::-1], 2)
    mixed = struct.pack("<I", (reversed_bits + session) & 0xFFFFFFFF)
    first, second, _, fourth = (each ^ letter for each, letter in zip(mixed[2:] + mixed[:2], b"SOZK", strict=True))
    return bytes((first ^ tick, second ^ tick, tick, fourth ^ tick))


def encode_clock(wall: datetime) -> int:
    """A wall clock as a terminal counts it: seconds in months of 31 days since 2000. Raises ValueError outside 2000 to 2099."""
    if not 2000 <= wall.year <= 2099:
        raise ValueError("year")
    days = ((wall.year - 2000) * 12 + wall.month - 1) * 31 + wall.day - 1
    return ((days * 24 + wall.hour) * 60 + wall.minute) * 60 + wall.second


def decode_clock(count: int) -> datetime:
    """The wall clock (naive) in such a count. Raises ValueError where there is no such day."""
    minutes, second = divmod(count, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    months, day = divmod(days, 31)
    years, month = divmod(months, 12)
    return datetime(2000 + years, month + 1, day + 1, hour, minute, second)  # noqa: DTZ001 - a clock on a wall
