"""Which of our columns a column of somebody's file is: by our names, by guesses in four languages, and never two for one."""

from __future__ import annotations

import pytest

from doorsync.hub.users.files.csv_people import COLUMNS, IGNORED
from doorsync.hub.web.people.import_columns import GUESSES, MEANINGS, chosen_mapping, column_of, file_columns, guessed


def test_every_guess_is_of_a_column_of_ours_and_none_is_for_two() -> None:
    assert set(MEANINGS) <= set(COLUMNS)
    assert len(GUESSES) == sum(map(len, MEANINGS.values()))
    assert not set(GUESSES) & set(COLUMNS)


@pytest.mark.parametrize(
    ("name", "column"),
    [("id", "id"), ("achternaam", "last_name"), ("vorname", "first_name"), ("prénom", "first_name"), ("x", "")],
)
def test_a_name_is_guessed(name: str, column: str) -> None:
    assert column_of(name) == column


def test_no_column_is_guessed_twice_nor_where_the_file_has_it_already() -> None:
    assert guessed(["nr", "lidnummer", "vorname"]) == {"nr": "id", "vorname": "first_name"}
    assert guessed(["lidnummer", "id"]) == {}


def test_what_a_form_says_is_taken_where_it_is_a_column_of_ours() -> None:
    said = {"column-1": "id", "column-2": "DROP", "column-9": "pin"}
    assert chosen_mapping(["a", "b", "c"], said) == {"a": "id", "b": IGNORED, "c": IGNORED}


@pytest.mark.requirement("T-01", mutation="the title is the name: a file without a first line shows a card as a title")
def test_a_name_that_could_be_somebodys_data_is_not_shown() -> None:
    shown = file_columns(["vorname", "4711"], {"4711": "cards"})
    assert [(each.number, each.title, each.chosen) for each in shown] == [(1, "vorname", "first_name"), (2, "", "cards")]
