"""Against packets that others captured from real terminals and published: zk-protocol (2020) and issues and tests of pyzk."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.zkteco import protocol
from doorsync.drivers.zkteco.protocol import Command, Garbled, Packet, Reply

CAPTURED = {
    "the question for an option": ("5050827d0c0000000b0058efc5c005007e4f5300", Packet(Command.READ_OPTION, 0xC0C5, 5, b"~OS\0")),
    "an answer to one": ("5050827d0f000000d007b10763190d007e5353523d3100", Packet(Reply.OK, 0x1963, 13, b"~SSR=1\0")),
    "an event": ("5050827d09000000f401a7fc0001000064", Packet(Command.EVENT, 0x100, 0, b"d")),
    "a beginning": ("5050827d08000000e80317fc00000000", Packet(Command.CONNECT, 0, 0)),
    "its answer": ("5050827d08000000d007fffc2ffb0000", Packet(Reply.OK, 0xFB2F, 0)),
    "one that wants a comm key": ("5050827d08000000d5075bb2cf450000", Packet(Reply.UNAUTHORIZED, 0x45CF, 0)),
    "an unknown request": ("5050827d08000000ffffb8823d7d0a00", Packet(Reply.UNKNOWN, 0x7D3D, 10)),
    "an end": ("5050827d08000000e903e6002ffb0100", Packet(Command.EXIT, 0xFB2F, 1)),
    "a large table to come": (
        "5050827d15000000d007a7625c3c150000b4130000b4130000cdef2300",
        Packet(Reply.OK, 0x3C5C, 21, bytes.fromhex("00b4130000b4130000cdef2300")),
    ),
    "the last of its packets": ("5050827d0c000000dd0507fa0500160000000000", Packet(Command.DATA, 5, 22, bytes(4))),
}


@pytest.mark.parametrize("name", CAPTURED)
def test_packets_of_real_terminals_are_understood_and_made_alike(name: str) -> None:
    captured, packet = CAPTURED[name]
    assert protocol.split(bytes.fromhex(captured)) == ([packet], b"")
    assert protocol.frame(packet).hex() == captured


def test_published_checksums() -> None:
    assert protocol.checksum(bytes.fromhex("0b00f38d03005a4b4661636556657273696f6e00")) == 0x175A
    assert protocol.checksum(bytes.fromhex("d007f38d0a0009")) == 0x6A29


@pytest.mark.parametrize(("comm_key", "sent"), [(12, "614d323c"), (45, "61c9323c")])
def test_a_comm_key_becomes_what_was_captured(comm_key: int, sent: str) -> None:
    assert protocol.scramble(comm_key, 0x45CF).hex() == sent


packets = st.builds(
    Packet,
    command=st.integers(0, 0xFFFF),
    session=st.integers(0, 0xFFFF),
    number=st.integers(0, 0xFFFF),
    data=st.binary(max_size=80),
)


@given(sent=st.lists(packets, max_size=4), size=st.integers(1, 50))
def test_packets_are_found_however_they_arrive(sent: list[Packet], size: int) -> None:
    stream = b"".join(map(protocol.frame, sent)) + protocol.MAGIC
    found, rest = [], b""
    for start in range(0, len(stream), size):
        some, rest = protocol.split(rest + stream[start : start + size])
        found += some
    assert (found, rest) == (sent, protocol.MAGIC)


@given(packet=packets, at=st.integers(0, 200), bit=st.integers(0, 7))
def test_a_turned_bit_is_noticed(packet: Packet, at: int, bit: int) -> None:
    """The sum cannot tell 0x0000 from 0xFFFF, which one bit does not make of the other."""
    payload = bytearray(protocol.encode(packet))
    payload[at % len(payload)] ^= 1 << bit
    with pytest.raises(Garbled):
        protocol.decode(bytes(payload))


@given(noise=st.binary(max_size=40))
def test_noise_is_garbled_or_waits_for_more(noise: bytes) -> None:
    try:
        found, rest = protocol.split(noise)
    except Garbled:
        return
    assert found == []
    assert rest == noise


@given(wall=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 - a clock on a wall
def test_a_clock_is_read_as_it_was_set(wall: datetime) -> None:
    whole = wall.replace(microsecond=0)
    assert protocol.decode_clock(protocol.encode_clock(whole)) == whole


def test_clocks_that_no_terminal_can_show() -> None:
    with pytest.raises(ValueError, match="year"):
        protocol.encode_clock(datetime(2100, 1, 1))  # noqa: DTZ001 - a clock on a wall
    with pytest.raises(ValueError, match="day"):
        protocol.decode_clock(protocol.encode_clock(datetime(2026, 2, 28)) + 3 * 86400)  # noqa: DTZ001 - a clock on a wall
