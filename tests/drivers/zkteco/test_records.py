from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.capabilities import Letters
from doorsync.domain.record import Record, Value
from doorsync.drivers.zkteco import rows
from doorsync.drivers.zkteco.records import Shape, Unfit, found_in, row_of, same
from doorsync.drivers.zkteco.rows import User
from tests.drivers.zkteco.terminals import user

LARGE = Shape(zones=50)
SMALL = Shape(row=28)
fitting = st.builds(
    user,
    st.integers(1, 999_999_999),
    st.text("aé渡 -'", max_size=6),
    st.integers(0, 2**32 - 1),
    st.from_regex(r"[0-9]{0,8}", fullmatch=True),
    st.lists(st.integers(2, 50).map(str), max_size=3, unique=True),
)


@given(record=fitting, slot=st.integers(1, 0xFFFE))
def test_a_record_is_read_as_it_was_written(record: Record, slot: int) -> None:
    row = row_of(record, slot, None, LARGE)
    read = rows.unpack_user(rows.pack_user(row, 72))
    assert same(row, read)
    shown = {name: value for name, value in record.fields.items() if name != "until"}
    assert found_in(read, LARGE).record.fields == {**shown, "schedules": sorted(record.fields["schedules"])}  # type: ignore[arg-type]  # a list
    assert not found_in(read, LARGE).own


UNFIT: dict[str, tuple[dict[str, Value], Shape]] = {
    "a long name": ({"name": "N" * 24}, LARGE),
    "a long name in few bytes": ({"name": "Aleksandr"}, SMALL),
    "letters that the code page lacks": ({"name": "渡"}, Shape(letters=Letters.LATIN_1)),
    "a zero in the name": ({"name": "A\0B"}, LARGE),
    "a long PIN": ({"pin": "123456789"}, LARGE),
    "a long PIN in few bytes": ({"pin": "123456"}, SMALL),
    "a PIN of letters": ({"pin": "12a"}, LARGE),
    "a wide card": ({"cards": [str(2**32)]}, LARGE),
    "a card that is none": ({"cards": ["0"]}, LARGE),
    "two cards": ({"cards": ["1", "2"]}, LARGE),
    "an expiry": ({"until": "2027-01-01T00:00"}, LARGE),
    "four schedules": ({"schedules": ["2", "3", "4", "5"]}, LARGE),
    "a schedule that no terminal has": ({"schedules": ["51"]}, LARGE),
    "the first zone, which is the terminal's own": ({"schedules": ["1"]}, LARGE),
    "a schedule at a terminal without": ({"schedules": ["2"]}, SMALL),
}


@pytest.mark.parametrize("why", UNFIT)
def test_what_does_not_fit_is_refused_and_not_cut(why: str) -> None:
    fields, shape = UNFIT[why]
    record = user(1)
    with pytest.raises(Unfit):
        row_of(replace(record, fields={**record.fields, **fields}), 1, None, shape)


def test_a_number_that_does_not_fit() -> None:
    for key in ("1234567890", "", "12a", "-1"):
        with pytest.raises(Unfit):
            row_of(replace(user(1), key=key), 1, None, LARGE)


def test_same_looks_at_what_records_speak_of_and_at_nothing_else() -> None:
    row = row_of(user(1, "Ann", 5, "1234", ["2", "3"]), 7, None, LARGE)
    assert same(row, replace(row, slot=9, group=3, zones=(3, 2)))
    for other in ({"name": b"Bob"}, {"pin": ""}, {"card": 6}, {"privilege": 14}, {"zones": (2,)}, {"user_id": "2"}):
        assert not same(row, replace(row, **other))
    assert not same(row, None)
    assert row_of(user(1), 7, User(slot=7, user_id="1", group=4), LARGE).group == 4
