"""As what a file is read before anybody says so: as the company last took one with the same columns, or by a guess."""

from __future__ import annotations

from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor
from tests.hub.web.people.test_import_views import shown, take

NUMBERED = "Nr;Naam;Naam;Hobby\n{};Anna;Vries;Chess\n"
FIRST = {"column-1": "id", "column-2": "-", "column-3": "last_name", "column-4": "-"}
SAID = "when your company last imported a file with the same columns"


def test_the_columns_of_a_file_that_was_taken_are_proposed_for_the_next_one(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, NUMBERED.format(7))
    assert page.status_code == 422
    visitor.post(address + "columns/", {**visitor.fields(page), **FIRST})
    page = visitor.get(address)
    assert SAID not in page.content.decode()
    assert take(visitor, address, page).status_code == 303

    address, page = shown(visitor, NUMBERED.format(8))
    assert page.status_code == 200
    assert SAID in page.content.decode()
    swapped = {**FIRST, "column-2": "last_name", "column-3": "-"}
    visitor.post(address + "columns/", {**visitor.fields(page), **swapped})
    page = visitor.get(address)
    assert SAID not in page.content.decode()
    assert take(visitor, address, page).status_code == 303
    assert [user.last_name for user in User.objects.order_by("external_id")] == ["Vries", "Anna"]

    address, page = shown(visitor, NUMBERED.format(9))
    assert take(visitor, address, page).status_code == 303
    assert User.objects.get(external_id="9").last_name == "Anna"


def test_columns_that_were_chosen_and_not_taken_are_not_remembered(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, NUMBERED.format(7))
    visitor.post(address + "columns/", {**visitor.fields(page), **FIRST})
    visitor.post(address + "drop/", visitor.fields(page))
    assert shown(visitor, NUMBERED.format(8))[1].status_code == 422


def test_the_mapping_of_one_company_is_not_proposed_to_another(visitor: Visitor, club: Gym) -> None:
    address, page = shown(visitor, NUMBERED.format(7))
    visitor.post(address + "columns/", {**visitor.fields(page), **FIRST})
    assert take(visitor, address, visitor.get(address)).status_code == 303
    other = gym(other=True)
    stranger = Visitor()
    stranger.sign_in_fully(other.company.slug)
    assert shown(stranger, NUMBERED.format(7))[1].status_code == 422


def test_a_file_whose_own_names_are_known_says_nothing_of_earlier_ones(visitor: Visitor, club: Gym) -> None:
    for number in (7, 8):
        address, page = shown(visitor, f"id;last_name\n{number};Vries\n")
        assert SAID not in page.content.decode()
        assert take(visitor, address, page).status_code == 303


def test_a_file_that_cannot_be_read_has_no_columns_and_says_no_separator(visitor: Visitor, club: Gym) -> None:
    text = shown(visitor, b"id;last_name\n1;M\xfcller\n")[1].content.decode()
    assert "Encoding and separator" in text
    assert "separator:" not in text
    assert "Columns of the file" not in text
