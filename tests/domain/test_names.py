from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.capabilities import Letters
from doorsync.domain.names import spelt_name

HELD = [letters for letters in Letters if letters is not Letters.NONE]
text = st.text(st.characters(exclude_categories=["Cs"]))


@given(name=text, size=st.integers(0, 60), letters=st.sampled_from(HELD))
def test_a_spelt_name_fits_and_stays_when_it_is_spelt_again(name: str, size: int, letters: Letters) -> None:
    spelt = spelt_name(name, letters, size)
    assert len(spelt.encode(letters.value)) <= size
    assert spelt_name(spelt, letters, size) == spelt


@given(name=text, size=st.integers(0, 60))
def test_in_utf_8_a_name_is_only_cut(name: str, size: int) -> None:
    assert name.startswith(spelt_name(name, Letters.UTF_8, size))


@pytest.mark.parametrize(("size", "short"), [(5, "Zoë"), (4, "Zoë"), (3, "Zo"), (2, "Zo")])
def test_nothing_is_cut_inside_a_character(size: int, short: str) -> None:
    assert spelt_name("Zoë ", Letters.UTF_8, size) == short


@pytest.mark.parametrize(
    ("name", "ascii_name", "latin"),
    [
        ("Łukasz", "Lukasz", "Lukasz"),
        ("Zoë Müller", "Zoe Muller", "Zoë Müller"),
        ("Strauß", "Strauss", "Strauß"),
        ("Đorđe", "Dorde", "Dorde"),
        ("O\u2019Neill", "O'Neill", "O'Neill"),
        ("Мария", "?????", "?????"),
        ("李", "?", "?"),
    ],
)
def test_letters_that_are_not_there_are_spelt_plainly(name: str, ascii_name: str, latin: str) -> None:
    assert spelt_name(name, Letters.ASCII, 40) == ascii_name
    assert spelt_name(name, Letters.LATIN_1, 40) == latin


def test_where_no_names_are_held_there_is_none() -> None:
    assert spelt_name("Alice", Letters.NONE, 40) == ""
