"""Numbers of cards: each notation gives the one number that terminals know, and what is wrong is said without the number."""

from __future__ import annotations

import pytest

from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.cards import BadCard, card_fault, decimal_number, plain_card


@pytest.mark.parametrize(
    ("text", "notation", "number"),
    [
        (" 123 ", CardFormat.DECIMAL, "123"),
        ("ff", CardFormat.HEX, "255"),
        ("0xFF", CardFormat.HEX, "255"),
        ("04:A1 B2-C3", CardFormat.HEX, str(0x04A1B2C3)),
        ("04A1B2C3", CardFormat.HEX_REVERSED, str(0xC3B2A104)),
        ("12,345", CardFormat.FACILITY, str(12 * 65536 + 345)),
        ("255/65535", CardFormat.FACILITY, str(2**24 - 1)),
    ],
)
def test_each_notation_gives_the_decimal_number(text: str, notation: CardFormat, number: str) -> None:
    assert decimal_number(text, notation) == number


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("", CardFormat.HEX),
        ("xyz", CardFormat.HEX),
        ("1" * 17, CardFormat.HEX),
        ("4A1", CardFormat.HEX_REVERSED),  # a half byte is missing: which half is not known
        ("256,1", CardFormat.FACILITY),
        ("1,65536", CardFormat.FACILITY),
        ("123", CardFormat.FACILITY),
    ],
)
def test_what_is_no_card_in_its_notation_is_refused(text: str, notation: CardFormat) -> None:
    with pytest.raises(BadCard):
        decimal_number(text, notation)


def test_equal_cards_are_equal_and_zero_is_none() -> None:
    assert plain_card("000123") == plain_card("123") == "123"
    assert plain_card("0") == plain_card("000") == ""
    assert plain_card("0A1") == "0A1"


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("12345678901234567890", ""),
        ("123456789012345678901", "at most 20 digits"),
        ("1.23E+09", "spreadsheet"),
        ("1,23e9", "spreadsheet"),
        ("12,345", "facility code"),
        ("04A1B2C3", "hexadecimal"),
        ("12 34", "1 to 20 digits"),
        ("", "1 to 20 digits"),
    ],
)
def test_fault_says_what_to_do_and_never_the_number(card: str, said: str) -> None:
    fault = card_fault(card)
    assert said in fault
    assert bool(fault) is bool(said)
    assert not card or card not in fault
