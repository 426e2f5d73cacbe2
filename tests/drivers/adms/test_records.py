from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.record import Record, Value
from doorsync.drivers.adms.protocol import update as command
from doorsync.drivers.adms.protocol import uploaded
from doorsync.drivers.adms.records import Unfit, found_in, user_of
from tests.drivers.adms.terminals import user

fitting = st.builds(
    user,
    st.integers(1, 999_999_999),
    st.text("aé渡 -'=&", max_size=6),
    st.integers(0, 2**32 - 1),
    st.from_regex(r"[0-9]{0,8}", fullmatch=True),
)


@given(record=fitting)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    (read,) = uploaded("USER " + command(user_of(record)).partition("USERINFO ")[2])
    shown = {name: value for name, value in record.fields.items() if name != "until"}
    assert found_in(read).record == replace(record, fields=shown)
    assert not found_in(read).own


UNFIT: dict[str, dict[str, Value]] = {
    "a long name": {"name": "N" * 24},
    "a tab": {"name": "A\tPri=14"},
    "a line break": {"name": "A\nC:1:CLEAR DATA"},
    "a long PIN": {"pin": "123456789"},
    "a PIN of letters": {"pin": "12a"},
    "a wide card": {"cards": [str(2**32)]},
    "a card that is none": {"cards": ["0"]},
    "two cards": {"cards": ["1", "2"]},
    "an expiry": {"until": "2027-01-01T00:00"},
    "a schedule": {"schedules": ["2"]},
}


@pytest.mark.parametrize("why", UNFIT)
def test_what_does_not_fit_is_refused_and_not_cut(why: str) -> None:
    with pytest.raises(Unfit):
        user_of(replace(user(1), fields={**user(1).fields, **UNFIT[why]}))
