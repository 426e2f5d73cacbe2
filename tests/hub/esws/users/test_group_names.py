"""Which groups a program means with a list between semicolons."""

from __future__ import annotations

import pytest

from doorsync.hub.esws.refusals import CannotSave
from doorsync.hub.esws.users.group_names import MOST, joined_names, split_group_names, split_list


def test_parts_are_named_once_and_without_empty_ones() -> None:
    assert split_list(" a;b ;;a; ", "p_cardId") == ["a", "b"]
    assert split_list(None, "p_cardId") == split_list("", "p_cardId") == split_list(" ; ", "p_cardId") == []


def test_more_parts_than_anybody_has_are_refused() -> None:
    assert len(split_list(";".join(map(str, range(MOST))), "p_cardId")) == MOST
    with pytest.raises(CannotSave):
        split_list(";".join(map(str, range(MOST + 1))), "p_cardId")


def test_names_that_were_escaped_once_too_often_are_read_as_meant() -> None:
    assert split_group_names("A &amp; B;C&#59;D") == ["A & B", "C", "D"]
    assert split_list("A &amp; B", "p_cardId") == ["A &amp", "B"]


def test_placeholder_that_nobody_filled_in_changes_no_group() -> None:
    with pytest.raises(CannotSave):
        split_group_names(" ? ")
    assert split_group_names("?;a") == ["?", "a"]


def test_name_with_a_semicolon_is_put_together_again() -> None:
    assert joined_names(["x", "night", "Day"], ["Night;day"]) == ["x", "Night;day"]
    assert joined_names(["night", "x", "day"], ["Night;day"]) == ["night", "x", "day"]


def test_names_that_may_be_one_group_or_two_are_refused() -> None:
    with pytest.raises(CannotSave):
        joined_names(["night", "day"], ["night;day", "night", "day"])
