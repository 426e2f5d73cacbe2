"""The emulator's side of the wire: requests out of what came, answers into bytes. Written apart from the driver's."""

from __future__ import annotations

from dataclasses import dataclass

MAGIC = bytes.fromhex("5050827d")


@dataclass(frozen=True, slots=True)
class Request:
    """What a program asked."""

    code: int
    session: int
    number: int
    body: bytes


def requests(buffer: bytearray) -> list[Request]:
    """Take the whole requests out of the buffer. The checksum is not looked at: real programs send wrong ones."""
    found = []
    while len(buffer) >= 16:
        size = int.from_bytes(buffer[4:8], "little")
        if buffer[:4] != MAGIC or not 8 <= size <= 1 << 20:
            raise ConnectionError
        if len(buffer) < 8 + size:
            break
        payload = bytes(buffer[8 : 8 + size])
        del buffer[: 8 + size]
        found.append(datagram(payload))
    return found


def datagram(payload: bytes) -> Request:
    """The request in a payload, which on UDP stands alone."""
    code, session, number = (int.from_bytes(payload[at : at + 2], "little") for at in (0, 4, 6))
    return Request(code, session, number, payload[8:])


def answer(code: int, session: int, number: int, body: bytes = b"") -> bytes:
    """An answer's payload."""
    tail = session.to_bytes(2, "little") + number.to_bytes(2, "little") + body
    head = code.to_bytes(2, "little")
    return head + _sum(head + tail).to_bytes(2, "little") + tail


def on_tcp(payload: bytes) -> bytes:
    """The payload with the head that TCP needs."""
    return MAGIC + len(payload).to_bytes(4, "little") + payload


def _sum(payload: bytes) -> int:
    total = sum(payload[::2]) + (sum(payload[1::2]) << 8)
    return 0xFFFF - (total % 0xFFFF or (0xFFFF if total else 0))


def expected_key(comm_key: int, session: int, tick: int) -> bytes:
    """What a program that knows the comm key sends."""
    turned = sum(1 << (31 - bit) for bit in range(32) if comm_key >> bit & 1)
    number = (turned + session) % (1 << 32)
    mixed = [number >> (8 * at) & 0xFF for at in range(4)]
    return bytes([mixed[2] ^ ord("S") ^ tick, mixed[3] ^ ord("O") ^ tick, tick, mixed[1] ^ ord("K") ^ tick])
