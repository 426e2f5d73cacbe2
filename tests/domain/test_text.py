# ruff: noqa: RUF001  # look-alikes are what is tried here
"""Names of all scripts are taken in one form; what no name has is named."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.text import bad_character, is_visible, normalized_text, plain_digits


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("de\u00a0Vries", "de Vries"),
        ("山田\u3000太郎", "山田 太郎"),
        ("Schmidt\u00ad-Bauer", "Schmidt-Bauer"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("สม\u200bชาย", "สมชาย"),
        ("Zoe\u0308", "Zoë"),
        ("\u2002Anna\u202f\u00a0", "Anna"),
        ("\u1112\u1161\u11ab", "한"),
        ("דוד\u200f (3)", "דוד\u200f (3)"),
        ("\u200fדוד כהן\u200f", "דוד כהן"),
        ("\u200e דוד \u200e", "דוד"),
        ("محمد\u061c-3", "محمد\u061c-3"),
        ("Anna\u200e", "Anna"),
        ("An\u200ena", "Anna"),
        ("\u2068Anna\u2069 de \u202aVries\u202c", "Anna de Vries"),
        ("\u2068דוד\u2069", "דוד"),
        ("\u2067\u200f\u202bדוד\u202c\u2069", "דוד"),
        ("\u202aדוד\u202c \u202aכהן\u202c", "\u202aדוד\u202c \u202aכהן\u202c"),
        ("\u202a+972 3 123\u202c", "+972 3 123"),
        ("O'Brien-Ōta (3rd) 👩‍🔧", "O'Brien-Ōta (3rd) 👩‍🔧"),
    ],
)
def test_ordinary_name_is_taken(text: str, kept: str) -> None:
    assert normalized_text(text) == kept
    assert bad_character(kept) == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\x00", "U+0000 (NUL)"),
        ("a\x0bb", "U+000B (vertical tab)"),
        ("a\x01b", "U+0001 (control character)"),
        ("a\x1cb", "U+001C (file separator)"),
        ("a\x85b", "U+0085 (next line)"),
        ("a\u2028b", "U+2028 (LINE SEPARATOR)"),
        ("a\u202eb", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("a\u2066b", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("a\u2069b", "U+2069 (POP DIRECTIONAL ISOLATE)"),
        ("\u202aa\u2069", "U+202A (LEFT-TO-RIGHT EMBEDDING)"),
        ("\u202eevE\u202c", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("\u2068\u202devE\u202c\u2069", "U+2068 (FIRST STRONG ISOLATE)"),
        ("a\ufffdb", "U+FFFD (REPLACEMENT CHARACTER)"),
        ("a\ud800b", "U+D800 (no letter)"),
        ("a\ue000b", "U+E000 (no letter)"),
        ("a\uffffb", "U+FFFF (no letter)"),
        ("a\nb", "U+000A (line feed)"),
        ("a\tb", "U+0009 (tab)"),
    ],
)
def test_character_that_no_name_has_is_named(text: str, named: str) -> None:
    assert bad_character(normalized_text(text)) == named


@given(st.text())
def test_form_is_the_same_a_second_time(text: str) -> None:
    once = normalized_text(text)
    assert normalized_text(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.requirement("D-04", mutation="is_visible() counting everything but spaces and joiners")
@pytest.mark.parametrize(
    "text",
    [
        "\u3164",  # HANGUL FILLER
        "\u115f\u1160",
        "\uffa0",
        "\u2800",  # BRAILLE PATTERN BLANK
        "\u034f",
        "\u17b4",
        "\ufe0f",
        "\u180e",
        "\U000e0100",
        "\U000e0001",
        "\u200c\u200d",
        "\u200f",
        "\u3164 \u200c\u3164",
        "\u3000",
        "",
    ],
)
def test_text_that_nobody_sees_is_no_name(text: str) -> None:
    assert not is_visible(normalized_text(text))


@pytest.mark.parametrize("text", ["-", "0", "é", "\u0301", "한", "ㅤ김", "👩", "⠁", "\U0003ffff", "א"])
def test_text_that_somebody_sees_is_visible(text: str) -> None:
    assert is_visible(normalized_text(text))


@pytest.mark.parametrize(
    "text", ["42", " 42\t", "\u200b42", "4\u200e2", "\u202a42\u202c", "\ufeff42\r\n", "42\u00a0", "4\u00ad2"]
)
def test_plain_digits_are_free_of_what_a_copy_brings_along(text: str) -> None:
    assert plain_digits(text) == "42"


def test_plain_digits_leave_what_can_be_seen() -> None:
    assert [plain_digits(text) for text in ("4 2", "4-2", "", "\uff14\uff12")] == ["4 2", "4-2", "", "\uff14\uff12"]
