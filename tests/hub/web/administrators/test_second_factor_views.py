"""The pages of one's own second factor, and the owner's reset of somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.administrators.models import RecoveryCode, SecondFactor
from doorsync.hub.audit.models import Entry
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import Visitor
from tests.hub.web.sign_in.test_second_step_views import CODE, NOON

ON, OFF, RENEW = "/account/second-factor/on/", "/account/second-factor/off/", "/account/second-factor/recovery-codes/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


@pytest.fixture
def club(db: None, clock: time_machine.Traveller) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    return signed_in(Desk(), club)


def signed_in(made: Desk, club: Gym, code: str = "") -> Desk:
    made.sign_in_fully(club.company.slug)
    if code:
        assert made.post(CODE, {"code": code}).status_code == 303
    made.proof = made.fields(made.get("/sync/"))
    return made


def app_on(page: str) -> tuple[App, str]:
    """The app that typed the letters of the page, and the offer in its form."""
    letters, offer = re.search(r'id="secret">([^<]+)<', page), re.search(r'name="offer" value="([^"]+)"', page)
    assert letters
    assert offer
    return App(letters[1].replace(" ", "")), offer[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li><code[^>]*>([\d ]+)</code>", page)


def test_second_factor_is_on_after_one_right_code(desk: Desk, club: Gym, clock: time_machine.Traveller) -> None:
    elsewhere = Visitor()
    elsewhere.sign_in_fully(club.company.slug)
    page = desk.read(ON)
    app, offer = app_on(page)
    assert "<svg" in page
    assert not SecondFactor.objects.exists()
    status, page = desk.send(ON, offer=offer, code=app.wrong_code(), present="passwrod")
    assert (status, app_on(page)[0].secret) == (422, app.secret), "the app need not scan it again"
    status, page = desk.send(ON, offer=offer, code=app.code(0), present="wrong-password")
    assert (status, "not your present password" in page, app.code(0) in page) == (422, True, False)
    assert not SecondFactor.objects.exists()
    status, page = desk.send(ON, offer=offer, code=app.code(0), present="passwrod")
    assert (status, len(codes_on(page))) == (200, 10)
    assert "On since" in desk.read("/account/"), "this browser is still signed in"
    assert "10 recovery codes are left" in desk.read("/account/")
    assert elsewhere.get("/account/").status_code == 303
    assert desk.get(ON).status_code == 303
    clock.shift(60)
    assert "is left" not in signed_in(Desk(), club, app.code(0)).read("/account/")


def test_an_offer_that_is_none_of_ours_is_not_taken(desk: Desk, club: Gym) -> None:
    mine = App()
    status, page = desk.send(ON, offer="00" * 40, code=mine.code(0), present="passwrod")
    assert (status, app_on(page)[0].secret == mine.secret, SecondFactor.objects.exists()) == (422, False, False)
    assert desk.send(ON, code=mine.code(0), present="passwrod")[0] == 422


def test_turning_off_needs_password_and_code(desk: Desk, club: Gym) -> None:
    app, codes = with_app(club.administrator)
    signed_in(desk, club, codes[0])
    status, page = desk.send(OFF, code=app.code(), present="wrong-password")
    assert (status, "not your present password" in page) == (422, True)
    status, page = desk.send(OFF, code=app.wrong_code(), present="passwrod")
    assert (status, "This code is wrong" in page) == (422, True)
    assert SecondFactor.objects.exists()
    assert desk.send(OFF, code=app.code(), present="passwrod")[0] == 303
    assert "The second factor is off." in desk.read("/account/")
    assert not RecoveryCode.objects.exists()
    assert signed_in(Desk(), club).get("/account/").status_code == 200
    status, page = desk.send(OFF, code=app.code(), present="passwrod")
    assert (status, "is not on" in page) == (422, True)


def test_wrong_codes_are_throttled_here_too(desk: Desk, club: Gym) -> None:
    app, codes = with_app(club.administrator)
    signed_in(desk, club, codes[0])
    for _ in range(10):
        assert desk.send(OFF, code=app.wrong_code(), present="passwrod")[0] == 422
    status, page = desk.send(OFF, code=app.code(), present="passwrod")
    assert (status, "Try again in 15 minutes" in page) == (422, True)
    assert SecondFactor.objects.exists()


def test_new_recovery_codes_are_shown_once(desk: Desk, club: Gym) -> None:
    app, old = with_app(club.administrator)
    signed_in(desk, club, old[0])
    assert "9 recovery codes are left" in desk.read("/account/")
    assert desk.send(RENEW, code=app.wrong_code(), present="passwrod")[0] == 422
    status, page = desk.send(RENEW, code=old[1], present="passwrod")
    new = codes_on(page)
    assert (status, len(new), set(new) & set(old)) == (200, 10, set())
    assert "10 recovery codes are left" in desk.read("/account/")
    assert not any(code in desk.read("/account/") for code in new)


def test_owner_resets_that_of_somebody_else_by_their_name(desk: Desk, club: Gym) -> None:
    bob = world.administrator(club.company, username="bob")
    assert "Reset the second factor" not in desk.read(f"/administrators/{bob.pk}/")
    assert "with a second factor" not in desk.read("/administrators/")
    with_app(bob)
    assert desk.read("/administrators/").count("with a second factor") == 1
    assert "Reset the second factor" in desk.read(f"/administrators/{bob.pk}/")
    address = f"/administrators/{bob.pk}/second-factor/"
    assert "Next time their password is enough" in desk.read(address)
    status, page = desk.send(address, word="alice")
    assert (status, "That is not “bob”" in page, SecondFactor.objects.count()) == (409, True, 1)
    assert desk.send(address, word="bob") == (303, "/administrators/")
    assert "has no second factor any more" in desk.read("/administrators/")
    entry = Entry.objects.get(event="second-factor.reset")
    assert (entry.subject, entry.actor["administrator_id"]) == ({"administrator": bob.pk}, club.administrator.pk)
    assert Visitor().sign_in_fully(club.company.slug, "bob")["Location"].startswith("/sync/")
    desk.send(address, word="bob")
    assert "has no second factor." in desk.read("/administrators/")


def test_owner_does_not_get_round_password_and_code_by_resetting_their_own(desk: Desk, club: Gym) -> None:
    _, codes = with_app(club.administrator)
    signed_in(desk, club, codes[0])
    assert desk.send(f"/administrators/{club.administrator.pk}/second-factor/", word="username") == (303, "/account/")
    assert SecondFactor.objects.exists()
