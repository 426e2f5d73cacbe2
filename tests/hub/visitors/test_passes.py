"""A visitor's pass is a card that nobody has, and is gone with the visit."""

from __future__ import annotations

import pytest

from doorsync.hub.users.queries import credentials_of
from doorsync.hub.visitors import actions
from doorsync.hub.visitors.passes import pass_number
from tests.factories.gym import Gym
from tests.hub.visitors.test_actions import clock, club, expect

__all__ = ["clock", "club"]

pytestmark = pytest.mark.django_db


def test_a_pass_is_a_card_that_nobody_has(club: Gym) -> None:
    visit = expect(club, with_pass=True)
    number = pass_number(visit)
    assert len(number) == 10
    assert credentials_of(visit.user)["card"] == {"4711", number}
    actions.end_visit(visit=visit, actor=club.actor)
    assert pass_number(visit) == ""
