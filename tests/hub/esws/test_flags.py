from __future__ import annotations

import pytest

from doorsync.hub.esws.flags import is_set, read_flag


@pytest.mark.parametrize(("text", "flag"), [("1", True), (" true\n", True), ("TRUE", True), ("0", False), ("False", False)])
def test_read_flag_takes_numbers_and_words(text: str, flag: bool) -> None:
    assert read_flag(text) is is_set(text) is flag


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_read_flag_of_nothing_says_nothing(text: str | None) -> None:
    assert read_flag(text) is None
    assert not is_set(text or "")


@pytest.mark.parametrize("text", ["2", "-1", "yes", "01", "1.0", "\uff11"])
def test_read_flag_refuses_what_is_neither(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        read_flag(text)
    assert not is_set(text)
