"""An administrator's own pages: password, sessions and language."""

from __future__ import annotations

import re

import pytest

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.models import Session
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.web.administrators.test_views import NEW, club, desk, found

__all__ = ["club", "desk"]


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
