"""Against tables that others captured from real terminals and published (tests of pyzk), and there and back."""

from __future__ import annotations

import struct
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.zkteco import rows
from doorsync.drivers.zkteco.protocol import Garbled, encode_clock
from doorsync.drivers.zkteco.rows import LogRow, User

IDS = ("808", "821", "835", "831", "832", "86", "842")
SLOTS = (1, 2, 3, 4, 5, 6, 12)
PEOPLE = b"".join(
    struct.pack("<HB45x24s", slot, 14 if slot == 1 else 0, user_id.encode()) for slot, user_id in zip(SLOTS, IDS, strict=True)
)
COUNTED = (
    "00000000000000000000000000000000460000000000000046000000"
    "00000000990c0000000000001a010000000000000600000006000000f4010000f401000050c30000ae010000ae010000b7b60000"
)

ids = st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True)
users = st.builds(
    User,
    slot=st.integers(1, 0xFFFF),
    user_id=ids,
    name=st.binary(max_size=23).filter(lambda name: b"\0" not in name),
    pin=st.from_regex(r"[0-9]{0,8}", fullmatch=True),
    card=st.integers(0, 2**32 - 1),
    privilege=st.sampled_from([0, 1, 2, 6, 14]),
    group=st.integers(0, 255),
    zones=st.lists(st.integers(1, 50), max_size=3).map(tuple),
)


def test_a_table_of_a_real_terminal_is_understood() -> None:
    """508 bytes, as they came: the rows have no name, PIN, card or group, and the first is an administrator's."""
    table = rows.table(bytes.fromhex("f8010000") + PEOPLE)
    size = rows.user_size(len(table), 7, usual=28)
    found = [rows.unpack_user(table[at : at + size]) for at in range(0, len(table), size)]
    assert [(user.slot, user.user_id) for user in found] == list(zip(SLOTS, IDS, strict=True))
    assert [user.administers for user in found] == [True] + [False] * 6


def test_counts_of_a_real_terminal() -> None:
    told = rows.counts(bytes.fromhex(COUNTED))
    assert (told.users, told.templates, told.log, told.capacity) == (70, 70, 3225, 500)
    with pytest.raises(Garbled):
        rows.counts(bytes(79))


@given(user=users)
def test_a_large_row_is_read_as_it_was_written(user: User) -> None:
    row = rows.pack_user(user, 72)
    assert len(row) == 72
    assert rows.unpack_user(row) == user


def test_a_small_row_holds_less() -> None:
    user = User(slot=7, user_id="123456789", name=b"Aleksand", pin="12345", card=2**32 - 1, group=3)
    row = rows.pack_user(user, 28)
    assert len(row) == 28
    assert rows.unpack_user(row) == user


def test_a_flag_that_is_neither_is_no_zone_of_ones_own() -> None:
    """Other programs write the group as text over it."""
    row = bytearray(rows.pack_user(User(slot=1, user_id="1", zones=(5,)), 72))
    assert rows.unpack_user(bytes(row)).zones == (5,)
    row[40:42] = b"1\0"
    assert rows.unpack_user(bytes(row)).zones == ()


def test_a_table_that_is_cut_or_of_no_known_rows_is_garbled() -> None:
    assert rows.table(b"") == b""
    with pytest.raises(Garbled):
        rows.table(bytes.fromhex("f8010000") + bytes(72))
    with pytest.raises(Garbled):
        rows.user_size(100, 1, usual=72)
    assert rows.user_size(0, 0, usual=28) == 28
    assert rows.user_size(56, 2, usual=72) == 28


def test_an_upload_has_a_head_and_a_mark_before_each_row() -> None:
    """As other programs send it: the sizes of users, of the list of templates, and of the templates."""
    one = User(slot=1, user_id="1")
    sent = rows.upload([one, one], 72)
    assert struct.unpack("<3I", sent[:12]) == (146, 0, 0)
    assert sent[12:] == (b"\x02" + rows.pack_user(one, 72)) * 2


def test_zones_are_written_with_a_wide_number_and_read_with_a_narrow_one() -> None:
    days = tuple((hour, 0, 23, 59) for hour in range(7))
    sent = rows.pack_zone(5, days)
    assert (len(sent), sent[:8].hex()) == (32, "050000000000173b")
    assert rows.unpack_zone(b"\x05\x00" + sent[4:] + b"\xa7\x1c") == days
    with pytest.raises(Garbled):
        rows.unpack_zone(bytes(29))


@pytest.mark.parametrize("size", [40, 16, 8])
def test_logs_of_all_sizes(size: int) -> None:
    wall = datetime(2026, 11, 27, 6, 5, 4)  # noqa: DTZ001 - a clock on a wall
    clock = encode_clock(wall)
    row = {
        40: struct.pack("<H24sBIB8x", 7, b"1001", 15, clock, 1),
        16: struct.pack("<IIBB6x", 1001, clock, 15, 1),
        8: struct.pack("<HBIB", 7, 15, clock, 1),
    }[size]
    impossible = row.replace(struct.pack("<I", clock), struct.pack("<I", encode_clock(datetime(2026, 2, 28)) + 2 * 86400))  # noqa: DTZ001
    slot, user_id = (0 if size == 16 else 7), ("" if size == 8 else "1001")
    found = list(rows.log_rows(row + impossible + row, size))
    assert found[::2] == [LogRow(wall=wall, slot=slot, user_id=user_id, how=15, state=1)] * 2
    assert found[1].wall == datetime(2000, 1, 1)  # noqa: DTZ001 - a clock on a wall
    assert rows.log_layout(size * 9, 9) == (0, size)
    assert rows.log_layout(size * 9 + len(rows.LOG_PREFIX), 9) == (len(rows.LOG_PREFIX), size)


def test_a_log_of_rows_that_nobody_knows_is_garbled() -> None:
    with pytest.raises(Garbled):
        rows.log_layout(24, 2)
