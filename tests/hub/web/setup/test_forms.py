"""The form of the set-up page: the short name follows from the name, and the password is typed twice alike."""

from __future__ import annotations

import pytest

from doorsync.hub.web.setup.forms import SetupForm

USUAL = {
    "code": "AAAAA", "name": "Harbour Gym", "slug": "", "location": "Main", "time_zone": "Europe/Amsterdam",
    "username": "anna", "password": " pass word", "again": " pass word",
}  # fmt: skip


def filled(**said: str) -> SetupForm:
    form = SetupForm({**USUAL, **said})
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("name", "slug", "kept"),
    [
        ("Harbour Gym", "", "harbour-gym"),
        ("Harbour Gym", "The-Gym", "the-gym"),
        ("Caf\u00e9 9", "", "cafe-9"),
        ("x" * 200, "", "x" * 64),
    ],
)
def test_the_short_name_is_made_of_the_name_unless_one_is_chosen(name: str, slug: str, kept: str) -> None:
    form = filled(name=name, slug=slug)
    assert not form.errors
    assert form.cleaned_data["slug"] == kept


def test_a_name_of_which_no_short_one_can_be_made_asks_for_one() -> None:
    assert "Choose one" in str(filled(name="\u30b8\u30e0").errors["slug"])
    assert not filled(name="\u30b8\u30e0", slug="jimu").errors


def test_passwords_keep_their_spaces_and_must_be_alike() -> None:
    assert filled().cleaned_data["password"] == " pass word"
    assert list(filled(again="pass word").errors) == ["again"]
    assert list(filled(password="", again="").errors) == ["password", "again"]


def test_time_zones_are_places_and_universal_time() -> None:
    assert not filled(time_zone="UTC").errors
    for odd in ("Etc/GMT+5", "posix/Europe/Paris", "CET", "Moon/Base"):
        assert list(filled(time_zone=odd).errors) == ["time_zone"], odd
