"""The bytes of a UHPPOTE controller, as its published protocol shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from doorsync.drivers.uhppote import packets
from doorsync.drivers.uhppote.packets import Malformed


def test_a_reply_has_start_function_and_serial_number_and_its_parts_where_they_belong() -> None:
    packet = packets.reply(packets.GET_TIME, 405419896, (8, packets.moment(datetime.fromisoformat("2026-11-01T15:30:59"))))
    assert packet.hex() == "17320000" + "78372a1820261101153059".ljust(120, "0")
    assert packets.request_of(packet) == (packets.GET_TIME, 405419896)
    assert packets.moment_at(packet, 8) == datetime.fromisoformat("2026-11-01T15:30:59")


@pytest.mark.parametrize("packet", [b"", b"\x17" * 63, b"\x17" * 65, b"\x18" + b"\x00" * 63])
def test_what_is_not_64_bytes_with_the_start_byte_is_no_request(packet: bytes) -> None:
    with pytest.raises(Malformed):
        packets.request_of(packet)


def test_days_minutes_and_pins_are_read_as_they_are_written() -> None:
    packet = packets.day("2026-12-31") + packets.day("") + packets.minute("23:59") + packets.number(999999, 3) + packets.flag("x")
    assert packets.date_at(packet, 0) == "2026-12-31"
    assert packets.date_at(packet, 4) == ""
    assert packets.minute_at(packet, 8) == "23:59"
    assert packets.pin_at(packet, 10) == 999999
    assert packet[13] == 1


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (packets.date_at, "20261301"),
        (packets.date_at, "2026123a"),
        (packets.minute_at, "2400"),
        (packets.minute_at, "2360"),
        (packets.moment_at, "20260230120000"),
    ],
)
def test_digits_that_are_no_day_or_time_are_malformed(read: Callable[[bytes, int], object], content: str) -> None:
    with pytest.raises(Malformed):
        read(bytes.fromhex(content), 0)
