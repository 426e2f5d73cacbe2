from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.cards import Readers, card_of_spelling, spelt_card

CARDS = st.one_of(st.integers(1, 2**24), st.integers(1, 2**32), st.integers(1, 2**64)).map(str)


@pytest.mark.parametrize(
    ("card", "readers", "shown"),
    [  # published: one EM card 0x02B0A5FD, and MIFARE UIDs as readers of other byte orders show them
        (str(0xB0A5FD), Readers.FACILITY, "17642493"),
        (str(0xB0A5FD), Readers.BITS_24, "11576829"),
        (str(0x02B0A5FD), Readers.BITS_32, "45131261"),
        (str(0x02B0A5FD), Readers.AS_IS, "45131261"),
        (str(0x1EA68671), Readers.REVERSED_4, str(0x7186A61E)),
        (str(0xAA3F9B), Readers.REVERSED_3, str(0x9B3FAA)),
        (str(0x04AF68DAC85A80), Readers.REVERSED_7, str(0x805AC8DA68AF04)),
        (str(0x01000000), Readers.REVERSED_4, "1"),
    ],
)
def test_published_cards_are_spelt_as_the_readers_show_them(card: str, readers: Readers, shown: str) -> None:
    assert spelt_card(card, readers) == shown
    assert card_of_spelling(shown, readers) == card


@pytest.mark.parametrize(
    ("card", "readers"),
    [
        (2**24, Readers.FACILITY),
        (2**24, Readers.BITS_24),
        (2**32, Readers.BITS_32),
        (2**24, Readers.REVERSED_3),
        (2**32, Readers.REVERSED_4),
        (2**56, Readers.REVERSED_7),
    ],
)
def test_a_card_that_readers_cannot_show_whole_is_never_cut(card: int, readers: Readers) -> None:
    assert spelt_card(str(card), readers) == ""
    assert spelt_card(str(card - 1), readers) != ""


@pytest.mark.parametrize("shown", [2**16, 99_999, 256 * 100_000])
def test_what_no_card_with_a_facility_code_shows_is_no_card(shown: int) -> None:
    assert card_of_spelling(str(shown), Readers.FACILITY) == ""


@given(CARDS, CARDS, st.sampled_from(Readers))
def test_two_cards_are_never_the_same_at_a_terminal(one: str, other: str, readers: Readers) -> None:
    spelt = [spelt_card(card, readers) for card in (one, other)]
    assert spelt[0] != spelt[1] or one == other or spelt[0] == ""


@given(CARDS, st.sampled_from(Readers))
def test_what_a_terminal_shows_leads_back_to_the_card(card: str, readers: Readers) -> None:
    spelt = spelt_card(card, readers)
    assert spelt == "" or card_of_spelling(spelt, readers) == card
