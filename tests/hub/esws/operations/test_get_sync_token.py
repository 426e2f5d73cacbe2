from __future__ import annotations

import re
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Level, SyncToken
from doorsync.hub.administrators.rules import Role
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.users.models import User
from tests.factories import esws, world
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    made = world.company()
    world.administrator(made)
    return made


@pytest.fixture
def alice(company: Company) -> User:
    return world.user(company, "Alice", number=7)


@pytest.fixture
def north(company: Company) -> Location:
    return world.location(company)


def said(**changed: str | int | None) -> str:
    given: dict[str, Any] = {
        "p_adminUsername": "username",
        "p_adminPassword": "passwrod",
        "p_userId": "7",
        "p_locationID": "",
        **changed,
    }
    return esws.call("getSyncToken", **given)


def issued(company: Company) -> tuple[int | None, int | None]:
    with scope(company=company):
        row = SyncToken.objects.latest("pk")
        return row.user_id, row.location_id


def test_the_token_carries_the_user_and_the_location(company: Company, alice: User, north: Location) -> None:
    assert re.fullmatch("[0-9a-f]{128}", said())
    assert issued(company) == (alice.pk, None)
    assert re.fullmatch("[0-9a-f]{128}", said(p_locationID=north.pk))
    assert issued(company) == (alice.pk, north.pk)


@pytest.mark.parametrize("nothing", [None, "", "0"])
def test_a_location_that_is_not_given_is_left_to_the_person(company: Company, alice: User, nothing: str | None) -> None:
    assert len(said(p_locationID=nothing)) == 128
    assert issued(company) == (alice.pk, None)


@pytest.mark.requirement("M-02", mutation="the user looked for before the administrator is known")
def test_what_is_wrong_is_told_in_the_order_of_the_page(company: Company, alice: User) -> None:
    elsewhere = world.location(world.other_company())
    wrong = {"p_adminUsername": "", "p_adminPassword": "", "p_userId": ""}
    for changed, text in (
        ({"code": "", **wrong}, "ERROR_NO_SECURITY_HASH"),
        ({"code": "x" * 32, **wrong}, "ERROR_UNKNOWN_SECURITY_HASH"),
        (wrong, "NO USERNAME PROVIDED"),
        ({"p_adminPassword": "", "p_userId": ""}, "NO PASSWORD PROVIDED"),
        ({"p_adminPassword": "wrong", "p_userId": ""}, "NO USERID PROVIDED"),
        ({"p_adminPassword": "wrong", "p_userId": "8"}, "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"),
        ({"p_userId": "8", "p_locationID": "999"}, "NO USER FOUND BASED ON THE ID PROVIDED"),
        ({"p_userId": "x"}, "NO USER FOUND BASED ON THE ID PROVIDED"),
        ({"p_userId": "0"}, "NO USER FOUND BASED ON THE ID PROVIDED"),
        ({"p_locationID": str(elsewhere.pk)}, "NO LOCATION FOUND BASED ON THE ID PROVIDED"),
    ):
        assert said(**changed) == text, changed


def test_a_user_of_the_other_company_is_not_found(company: Company) -> None:
    world.user(world.other_company(), "Mallory", number=7)

    assert said() == "NO USER FOUND BASED ON THE ID PROVIDED"


@pytest.mark.requirement("W-04", mutation="named_user() alone; or the location not compared with the limit")
def test_whoever_is_limited_gets_no_token_for_what_is_elsewhere() -> None:
    club = gym()
    north, south = club.locations
    alice, bob = club.add("Alice", club.members), world.user(club.company, "Bob")
    with scope(company=club.company):
        bob.user_locations.create(company=club.company, location=south)
    world.administrator(club.company, username="owner")
    actions.change_role(administrator=club.administrator, role=Role(Level.FRONT_DESK, [north]), actor=club.actor)

    assert len(said(p_userId=alice.number, p_locationID=north.pk)) == 128
    assert said(p_userId=alice.number, p_locationID=south.pk) == "NO LOCATION FOUND BASED ON THE ID PROVIDED"
    assert said(p_userId=bob.number) == "NO USER FOUND BASED ON THE ID PROVIDED"
