"""What a virtual terminal says is believed only where it makes sense, and what was written is read back the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record
from doorsync.drivers.virtual.records import about_in, entry_of, found_in

CAN = Capabilities()
WORDS = st.text(max_size=5)
FIELDS = st.fixed_dictionaries(
    {"name": WORDS, "pin": WORDS, "cards": st.lists(WORDS).map(sorted), "schedules": st.lists(WORDS).map(sorted), "until": WORDS}
)


@given(WORDS, FIELDS, st.booleans())
def test_what_was_written_is_read_back(key: str, fields: dict[str, Any], own: bool) -> None:
    record = Record(kind=Kind.USER, key=key, fields=fields)
    entry = entry_of(record)
    backwards = {**entry, "cards": entry["cards"][::-1], "schedules": entry["schedules"][::-1], "own": own}
    found = found_in(Kind.USER, backwards, CAN)
    assert (found.record.kind, found.record.key, found.own) == (Kind.USER, key, own)
    assert found.record.fields == {name: fields[name] for name in CAN.readable if name in fields}


@pytest.mark.parametrize(
    "entry",
    [None, [], "x", {}, {"key": 7}, {"key": "1", "name": 7}, {"key": "1", "cards": "4711"}, {"key": "1", "cards": [4711]}],
)
def test_an_entry_that_makes_no_sense_is_refused_without_its_values(entry: object) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is checked
        found_in(Kind.USER, entry, CAN)
    assert "4711" not in str(caught.value)


def test_own_is_only_what_says_so_plainly() -> None:
    assert not any(found_in(Kind.USER, {"key": "1", "own": own}, CAN).own for own in (1, "true", "yes", None, False))


@pytest.mark.parametrize(
    "change",
    [
        {"capacity": None},
        {"users": -1},
        {"users": 2**31},
        {"users": True},
        {"serial": 7},
        {"model": "x" * 65},
        {"capacity": "many"},
    ],
)
def test_what_a_terminal_says_of_itself_is_believed_whole_or_not(change: dict[str, Any]) -> None:
    said = {**CAN.as_dict(), "serial": "V1", "users": 3}
    assert (about_in(said).serial, about_in(said).users, about_in(said).can) == ("V1", 3, CAN)
    with pytest.raises(ValueError, match=r"abilities|plate"):
        about_in({**said, **change})
