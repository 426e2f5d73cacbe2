"""The pages of one person that only show."""

from __future__ import annotations

import pytest

from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


def test_doors_are_told_with_the_reason(visitor: Visitor, club: Gym) -> None:
    anna = club.add("Anna", club.members, card="1")
    page = visitor.get(f"/people/{anna.number}/doors/").content.decode()
    assert "in at 0 of 2 doors" in page
    assert "No right at this terminal." in page
    assert page.count("waiting to be added") == 2


def test_who_is_in_no_group_opens_no_door(visitor: Visitor, club: Gym) -> None:
    anna = club.add("Anna", card="1")
    assert "opens no door" in visitor.get(f"/people/{anna.number}/doors/").content.decode()


@pytest.mark.parametrize("number", ["0", "404", "99999999999999999999"])
def test_nobody_is_not_found(visitor: Visitor, club: Gym, number: str) -> None:
    assert visitor.get(f"/people/{number}/doors/").status_code == 404


def test_changes_say_who_and_when_and_only_of_this_person(visitor: Visitor, club: Gym) -> None:
    anna, bob = club.add("Anna", club.members), club.add("Bob", club.members)
    for user in (anna, anna, bob):
        proof = visitor.fields(visitor.get(f"/people/{user.number}/"))
        visitor.post(f"/people/{user.number}/{'suspend' if user.active else 'reinstate'}/", proof)
        user.active = not user.active
    page = visitor.get(f"/people/{anna.number}/changes/").content.decode()
    assert page.count('<td data-label="What">changed</td>') == 2
    assert "username" in page
