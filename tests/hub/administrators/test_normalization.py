"""One spelling for names and passwords that look the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.administrators.normalization import normalize_name, normalize_password, older_spellings


@pytest.mark.parametrize(("one", "other"), [("Zoe\u0308", "Zo\u00eb"), ("a\u00a0b c", "a b\u2003c"), ("\u212b", "\u00c5")])
def test_passwords_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert normalize_password(one) == normalize_password(other)


def test_capitals_spaces_and_signs_still_tell_passwords_apart() -> None:
    assert len({normalize_password(each) for each in ("Sesame", "sesame", "sesame ", "se same", "sésame")}) == 5
    assert normalize_name("a\u00a0B ") == "a\u00a0B "


@given(st.text())
def test_the_spelling_is_final_and_older_ones_lead_to_it(text: str) -> None:
    normal = normalize_password(text)
    assert normalize_password(normal) == normal == normalize_password(unicodedata.normalize("NFD", text))
    assert normal not in older_spellings(text)
    assert len(set(older_spellings(text))) == len(older_spellings(text)) <= 3
    assert all(normalize_password(each) == normal for each in older_spellings(text))
