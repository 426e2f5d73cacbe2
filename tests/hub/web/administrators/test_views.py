"""The pages of administrators and of one's own account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Level
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor

NEW = "another-password"


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    made = Desk()
    made.sign_in_fully(club.company.slug)
    made.proof = made.fields(made.get("/sync/"))
    return made


def found(username: str) -> Administrator:
    return Administrator.objects.get(username=username)


def test_administrator_is_added_with_a_level_and_a_limit_and_signs_in(desk: Desk, club: Gym) -> None:
    north = club.locations[0]
    fields: dict[str, str | list[str]] = {"username": "bob", "password": NEW, "again": NEW, "level": "manager", "limited": "on"}
    assert desk.send("/administrators/add/", **fields)[0] == 422
    assert desk.send("/administrators/add/", **fields, locations=[str(north.pk)])[0] == 303
    bob = found("bob")
    assert (bob.level, bob.limited, list(bob.locations.all())) == (Level.MANAGER, True, [north])
    assert Visitor().sign_in_fully(club.company.slug, "bob", NEW).status_code == 303
    assert "North" in desk.read("/administrators/")


@pytest.mark.requirement("T-07", mutation="change_role without a new version")
def test_another_level_and_a_new_password_end_sessions_at_once(desk: Desk, club: Gym) -> None:
    bob = world.administrator(club.company, username="bob")
    other = Visitor()
    other.sign_in_fully(club.company.slug, "bob")
    assert desk.send(f"/administrators/{bob.pk}/", level="observer")[0] == 303
    assert other.get("/people/").status_code == 303
    other.sign_in_fully(club.company.slug, "bob")
    assert other.get("/people/").status_code == 200
    assert desk.send(f"/administrators/{bob.pk}/password/", password=NEW, again=NEW)[0] == 303
    assert other.get("/people/").status_code == 303
    assert other.sign_in_fully(club.company.slug, "bob", NEW).status_code == 303


def test_the_last_owner_stays(desk: Desk, club: Gym) -> None:
    boss = club.administrator
    status, text = desk.send(f"/administrators/{boss.pk}/", level="manager")
    assert (status, "needs an owner" in text) == (422, True)
    desk.send(f"/administrators/{boss.pk}/active/", active="0")
    assert "needs an owner" in desk.read("/administrators/")
    assert found("username").active


def test_disabling_can_be_undone(desk: Desk, club: Gym) -> None:
    bob = world.administrator(club.company, username="bob")
    desk.send(f"/administrators/{bob.pk}/active/", active="0")
    assert not found("bob").active
    assert Visitor().sign_in_fully(club.company.slug, "bob").status_code == 422
    desk.send(f"/administrators/{bob.pk}/active/", active="1")
    assert Visitor().sign_in_fully(club.company.slug, "bob").status_code == 303
