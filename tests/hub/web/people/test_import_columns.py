"""Which of our columns a column of somebody's file is: by our names, by guesses in four languages, and never two for one."""

from __future__ import annotations

import pytest

from doorsync.hub.users.files.csv_header import COLUMNS, IGNORED, Header
from doorsync.hub.web.people.import_columns import GUESSES, MEANINGS, chosen_mapping, file_columns, guessed


def header(*written: str) -> Header:
    return Header(1, written)


def test_every_guess_is_of_a_column_of_ours_and_none_is_for_two() -> None:
    assert set(MEANINGS) <= set(COLUMNS)
    assert len(GUESSES) == sum(map(len, MEANINGS.values()))
    assert not set(GUESSES) & set(COLUMNS)


@pytest.mark.parametrize(
    ("name", "column"),
    [("id", ""), ("Achternaam", "last_name"), ("vorname", "first_name"), ("pr\u00e9nom", "first_name"), ("x", ""), ("", "")],
)
def test_a_name_that_is_not_ours_is_guessed(name: str, column: str) -> None:
    assert guessed(header(name)) == [column]


def test_no_column_is_guessed_twice_nor_where_the_file_has_it_already() -> None:
    assert guessed(header("nr", "lidnummer", "vorname")) == ["id", "", "first_name"]
    assert guessed(header("lidnummer", "id")) == ["", ""]
    assert guessed(header("Telefon", "Telefon")) == ["phone", ""]


def test_what_a_form_says_is_taken_where_it_is_a_column_of_ours() -> None:
    said = {"column-1": "id", "column-2": "DROP", "column-9": "pin"}
    assert chosen_mapping(header("a", "b", "c"), said) == ["id", IGNORED, IGNORED]


@pytest.mark.requirement("T-01", mutation="the title is the name: a file without a first line shows a card as a title")
def test_a_name_that_could_be_somebodys_data_is_not_shown() -> None:
    shown = file_columns(header("vorname", "4711", "x"), ["first_name", "cards"])
    assert [(each.number, each.title, each.chosen) for each in shown] == [
        (1, "vorname", "first_name"),
        (2, "Column 2", "cards"),
        (3, "x", ""),
    ]


def test_columns_with_the_same_name_are_told_apart_by_their_place() -> None:
    shown = file_columns(header("id", "Phone", "phone", "4711", "4711"), ["", "phone", IGNORED])
    assert [each.title for each in shown] == ["id", "Phone (column 2)", "phone (column 3)", "Column 4", "Column 5"]
    assert [each.chosen for each in shown] == ["id", "phone", IGNORED, "", ""]
