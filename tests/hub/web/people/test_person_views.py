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
