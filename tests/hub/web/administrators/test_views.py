"""The pages of administrators and of one's own account."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Administrator, Level, Session
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for

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


@pytest.mark.requirement("W-04", mutation="locations left out where the limit is not ticked")
def test_locations_without_the_limit_are_not_left_out(desk: Desk, club: Gym) -> None:
    fields: dict[str, str | list[str]] = {"username": "bob", "password": NEW, "again": NEW, "level": "manager"}
    status, text = desk.send("/administrators/add/", **fields, locations=[str(club.locations[0].pk)])
    assert (status, "Tick this for the limit to hold" in text) == (422, True)
    assert not Administrator.objects.filter(username="bob").exists()


def test_what_is_wrong_is_said_and_no_password_is_shown_again(desk: Desk) -> None:
    fields = {"username": "bob", "level": "owner"}
    status, text = desk.send("/administrators/add/", **fields, password="short", again="short")
    assert (status, "8 to 1000 characters" in text) == (422, True)
    status, text = desk.send("/administrators/add/", **fields, password="first-password", again="second-password")
    assert (status, "differ" in text) == (422, True)
    assert "first-password" not in text
    assert desk.send("/administrators/add/", **{**fields, "username": "username"}, password=NEW, again=NEW)[0] == 422


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


def test_own_password_needs_the_present_one_and_keeps_this_browser_signed_in(desk: Desk, club: Gym) -> None:
    elsewhere = Visitor()
    elsewhere.sign_in_fully(club.company.slug)
    status, text = desk.send("/account/password/", present="wrong-password", password=NEW, again=NEW)
    assert (status, "not your present password" in text) == (422, True)
    assert desk.send("/account/password/", present="passwrod", password=NEW, again=NEW)[0] == 303
    assert "Your password was changed." in desk.read("/account/")
    assert elsewhere.get("/account/").status_code == 303
    assert Visitor().sign_in_fully(club.company.slug, "username", NEW).status_code == 303


def test_own_sessions_are_listed_and_ended(desk: Desk, club: Gym) -> None:
    elsewhere, linked = Visitor(), Visitor()
    elsewhere.sign_in_fully(club.company.slug)
    linked.sign_in(token_for(club.administrator))
    text = desk.read("/account/")
    assert text.count(">your password<") == 2
    assert "a link from a program" in text
    session = Session.objects.filter(token__isnull=False, ended_at=None).get()
    assert desk.send("/account/sessions/end/", which=session.public_id)[0] == 303
    assert linked.get("/sync/").status_code == 403
    assert desk.send("/account/sessions/end/", all="1")[0] == 303
    assert elsewhere.get("/account/").status_code == 303
    assert desk.read("/account/").count(">your password<") == 1


def test_session_of_somebody_else_is_not_there_to_be_ended(desk: Desk, club: Gym) -> None:
    world.administrator(club.company, username="bob")
    Visitor().sign_in_fully(club.company.slug, "bob")
    theirs = Session.objects.get(administrator__username="bob")
    assert desk.send("/account/sessions/end/", which=theirs.public_id)[0] == 404
    assert Session.objects.get(pk=theirs.pk).ended_at is None


def spoken(visitor: Visitor, address: str, asked: str) -> tuple[str | None, str | None]:
    """The language that a page says it is in, twice."""
    answer = visitor.get(address, **{"accept-language": asked})
    found = re.search(r'<html lang="([\w-]+)"', answer.content.decode())
    return found and found[1], answer["Content-Language"]


@pytest.mark.requirement("W-03", mutation="_use_language does nothing")
def test_own_language_comes_before_the_browsers_and_goes_again(desk: Desk, club: Gym) -> None:
    assert spoken(desk, "/account/", "fr-BE,en;q=0.5") == ("fr", "fr")
    assert spoken(desk, "/account/", "el,ja") == ("en", "en")
    assert desk.send("/account/language/", language="de")[0] == 303
    assert found("username").language == "de"
    assert spoken(desk, "/account/", "fr") == ("de", "de")
    assert desk.send("/account/language/", language="xx")[0] == 400
    assert desk.send("/account/language/", language="")[0] == 303
    assert spoken(desk, "/account/", "fr") == ("fr", "fr")


@pytest.mark.requirement("W-03", mutation="the language only in full sessions")
def test_sync_session_of_a_program_speaks_the_administrators_language(club: Gym) -> None:
    visitor = Visitor()
    landing = visitor.follow(token_for(club.administrator))
    assert spoken(visitor, landing, "nl-NL") == ("nl", "nl")
    assert "Accept-Language" in visitor.get(landing)["Vary"]
    there = visitor.post(landing)["Location"]
    assert spoken(visitor, there, "nl-NL") == ("nl", "nl")
    actions.choose_language(administrator=club.administrator, language="de")
    assert spoken(visitor, there, "nl-NL") == ("de", "de")
