from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.drivers.suprema.records import Spelling, Unfit, card_bytes, end_of, record_of, until_of, user_of
from tests.drivers.suprema.people import person

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SPELLING = Spelling(zone=AMSTERDAM)


def test_a_card_is_32_bytes_with_the_number_at_the_end() -> None:
    assert card_bytes("45131261").hex() == "00" * 28 + "02b0a5fd"


@given(st.lists(st.integers(0, 2**256 - 1).map(str), max_size=8, unique=True), st.text(max_size=48))
def test_whatever_fits_is_read_back_as_it_was_written(cards: list[str], name: str) -> None:
    sound = name.encode("utf-8", "ignore").decode()
    wanted = person(1, name=sound, cards=sorted(cards), until="2027-01-31T18:00")
    read = record_of(user_of(wanted, None, SPELLING), SPELLING, now=0)
    assert read.fields == {name: value for name, value in wanted.fields.items() if name != "pin"}


@pytest.mark.parametrize(
    "fields",
    [{"name": "N" * 49}, {"cards": [str(2**256)]}, {"cards": [str(card) for card in range(9)]}, {"until": "2107-01-01T00:00"}],
)
def test_what_does_not_fit_is_refused_and_not_quoted(fields: dict[str, str | list[str]]) -> None:
    with pytest.raises(Unfit) as caught:
        user_of(person(1, **fields), None, SPELLING)
    assert str(2**256) not in str(caught.value)


def test_an_expiry_is_the_moment_at_which_the_locations_clock_shows_it() -> None:
    assert end_of("2027-01-31T18:00", AMSTERDAM) == 1801414800
    assert until_of(1801414800, AMSTERDAM) == "2027-01-31T18:00"
    assert end_of("2027-10-31T02:30", AMSTERDAM) == 1824942600  # comes twice: the first
    assert end_of("", AMSTERDAM) == 0
    assert until_of(0, AMSTERDAM) == ""


def test_an_expiry_that_others_moved_by_seconds_is_not_the_same() -> None:
    assert until_of(1801414801, AMSTERDAM) == "2027-01-31T18:01"
