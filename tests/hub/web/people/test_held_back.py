"""What waits for a typed number is told after the change that it is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import F

from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor


@pytest.fixture
def anna(club: Gym) -> User:
    """The only person that the gate and the pool hold."""
    made = club.add("Vries", club.members, first_name="Anna", card="1")
    Holding.objects.filter(kind=Kind.USER).update(held=F("wanted"))
    return made


def delete(visitor: Visitor, user: User) -> str:
    proof = visitor.fields(visitor.get(f"/people/{user.number}/delete/"))
    return visitor.post(f"/people/{user.number}/delete/", {**proof, "word": user.last_name})["Location"]


def suspend_together(visitor: Visitor, user: User) -> str:
    proof = visitor.fields(visitor.get("/people/"))
    fields = {**proof, "person": [str(user.number)], "action": "suspend", "sure": "1"}
    return visitor.post("/people/together/", fields)["Location"]


def erase(visitor: Visitor, user: User) -> str:
    proof = visitor.fields(visitor.get(f"/people/{user.number}/erase/"))
    return visitor.post(f"/people/{user.number}/erase/", {**proof, "word": user.last_name})["Location"]


@pytest.mark.requirement("D-03", mutation="a deletion that says that doors are told now while the guard holds it back")
@pytest.mark.parametrize("change", [delete, suspend_together, erase])
def test_a_loss_that_waits_for_its_number_is_told(visitor: Visitor, anna: User, change: Callable[[Visitor, User], str]) -> None:
    page = visitor.get(change(visitor, anna)).content.decode()
    assert "waits until their number is typed on the sync page: Gate (1), Pool (1)." in page


def test_nothing_is_told_where_the_guard_lets_it_pass(visitor: Visitor, anna: User, club: Gym) -> None:
    club.add("Jansen", club.members, card="2")
    Holding.objects.filter(kind=Kind.USER).update(held=F("wanted"))
    assert "typed on the sync page" not in visitor.get(delete(visitor, anna)).content.decode()


def test_doors_of_other_locations_are_not_named(visitor: Visitor, anna: User, club: Gym) -> None:
    keepers = world.group(club.company, "Keepers")
    world.right(keepers, club.zones[1], club.always)
    bob = club.add("Jansen", keepers, card="2")
    Holding.objects.filter(kind=Kind.USER).update(held=F("wanted"))
    delete(visitor, anna)
    limited = Administrator.objects.get()
    limited.level, limited.limited = Level.MANAGER, True
    limited.save()
    limited.locations.set([club.locations[0]])
    page = visitor.get(delete(visitor, bob)).content.decode()
    assert "on the sync page: Gate (1), Office (1)." in page
