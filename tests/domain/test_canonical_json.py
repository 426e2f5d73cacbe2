"""JSON of which digests are made: for every value the letters that `json` writes, so that stored digests stay true."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.canonical_json import canonical_json
from doorsync.domain.record import Kind

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)


@given(VALUES)
def test_canonical_json_is_what_json_writes_with_sorted_names_and_no_spaces(value: object) -> None:
    """Whatever is in it: letters of all scripts, quotes, control characters, half characters."""
    assert canonical_json(value) == json.dumps(value, sort_keys=True, separators=(",", ":"))


def test_canonical_json_spells_kinds_as_numbers_and_letters_in_ascii() -> None:
    """The spelling that is in every database: it must not change."""
    assert (
        canonical_json([Kind.SCHEDULE, "7", {"slots": [], "name": 'Zoë "ü"'}])
        == '[2,"7",{"name":"Zo\\u00eb \\"\\u00fc\\"","slots":[]}]'
    )


def test_canonical_json_refuses_what_json_does_not_have() -> None:
    """Bytes are no text."""
    with pytest.raises(TypeError):
        canonical_json({"pin": b"1234"})
