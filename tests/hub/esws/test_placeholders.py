from __future__ import annotations

import pytest

from doorsync.hub.esws.placeholders import is_placeholder


@pytest.mark.parametrize("text", ["?", "null", "NULL", "undefined", "None", "NaN", "[object Object]"])
def test_words_for_no_value_are_known(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["", "Nan", "none", "Nullmeyer", "0", "null;"])
def test_names_are_none_of_them(text: str) -> None:
    assert not is_placeholder(text)
