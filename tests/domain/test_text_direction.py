"""Marks of direction: dropped where they change nothing, kept where they do, and never such as disguise a name."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.text_direction import DIRECTIONAL, is_balanced, plain_direction

PIECES = st.sampled_from("aא3 \u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "balanced"),
    [
        ("", True),
        ("a", True),
        ("\u202aa\u202c", True),
        ("\u2066\u202aa\u202c\u2069 \u2067b\u2069", True),
        ("\u2066\u202aa\u2069\u202c", False),
        ("a\u202c", False),
        ("\u2069\u2066", False),
        ("\u2066", False),
        ("\u202ea\u202c", False),  # an override opens nothing that may be closed
    ],
)
def test_pairs_must_close_in_order(text: str, balanced: bool) -> None:
    assert is_balanced(text) == balanced


@given(TEXTS)
def test_nothing_that_is_seen_is_dropped_and_a_second_time_changes_nothing(text: str) -> None:
    once = plain_direction(text)
    assert plain_direction(once) == once
    assert re.sub(" ", "", DIRECTIONAL.sub("", once)) == re.sub(" ", "", DIRECTIONAL.sub("", text))
    assert is_balanced(once) == is_balanced(text)
    if is_balanced(text) and not any(unicodedata.bidirectional(each) == "R" for each in text if each == "א"):
        assert not DIRECTIONAL.search(once)
