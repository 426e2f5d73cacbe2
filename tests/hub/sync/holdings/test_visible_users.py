"""Whom somebody sees who is limited to locations, and whom they may change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.administrators.actions import change_role
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.holdings.visible_users import may_change_user, visible_users
from doorsync.hub.users.models import User, UserLocation
from tests.factories import world
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def north(club: Gym) -> Administrator:
    """Limited to the location North, where Gate and Office are; Pool is at South."""
    made = world.administrator(club.company, username="north")
    change_role(administrator=made, role=Role(Level.FRONT_DESK, [club.locations[0]]), actor=club.actor)
    return world.again(made)


def at(user: User, club: Gym, place: int) -> User:
    UserLocation.objects.create(company=club.company, user=user, location=club.locations[place])
    return user


@pytest.mark.requirement("W-04", mutation="people who are nobody's left out, or those at other doors let in")
def test_people_of_their_places_and_nobodys_are_seen(club: Gym, north: Administrator) -> None:
    club.zones[0].terminals.remove(club.terminals[0])  # Members open the Pool only
    seen = {
        club.add("Opens the office", club.staff),
        at(club.add("Belongs here"), club, 0),
        at(club.add("Belongs here, opens the pool", club.members), club, 0),
        club.add("Nobody's"),
    }
    at(club.add("Belongs elsewhere"), club, 1)
    club.add("Opens the pool", club.members)
    assert set(visible_users(north)) == seen
    assert visible_users(club.administrator).count() == len(seen) + 2


def test_whoever_is_at_another_place_too_is_seen_and_not_changed(club: Gym, north: Administrator) -> None:
    both = club.add("Both", club.members)
    here = at(club.add("Here"), club, 0)
    there = at(at(club.add("Here and there"), club, 0), club, 1)
    assert {both, here, there} <= set(visible_users(north))
    assert [may_change_user(north, each) for each in (both, here, there)] == [False, True, False]
    assert may_change_user(club.administrator, both)
