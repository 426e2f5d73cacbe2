"""The menu: full sessions have one, with the place of the page marked; sync sessions have none."""

from __future__ import annotations

import re

import pytest
from django_scopes import scope

from doorsync.hub.administrators.authentication import SignedIn
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.navigation import Place, Section, menu_for
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for

pytestmark = pytest.mark.django_db
SECTIONS = (
    Section(title="Empty", icon="door", places=()),
    Section(
        title="Doors", icon="door", places=(Place(title="Agents", url="terminals:agents"), Place(title="Guide", url="styleguide"))
    ),
    Section(title="Sync", icon="turn", places=(Place(title="Sync", url="sync:plan-page", shared=True),)),
)


@pytest.fixture
def club(db: None) -> Gym:
    return gym(["Alice"])


@pytest.fixture
def signed_in(club: Gym) -> SignedIn:
    return SignedIn(company=club.company, administrator=club.administrator, kind="full", public_id="abc", proof="")


def test_sections_without_places_are_not_shown(signed_in: SignedIn) -> None:
    assert [link.title for link in menu_for("/", signed_in, SECTIONS).sections] == ["Doors", "Sync"]


def test_pages_that_the_level_does_not_open_are_not_offered(signed_in: SignedIn) -> None:
    places = (Place(title="Settings", url="terminals:agents", needs=Permission.SETTINGS),)
    hidden = Section(title="Settings", icon="settings", places=places)
    assert [link.title for link in menu_for("/", signed_in, (hidden,)).sections] == ["Settings"]
    signed_in.administrator.level = Level.MANAGER
    assert menu_for("/", signed_in, (hidden,)).sections == []


def test_the_page_and_its_section_are_marked(signed_in: SignedIn) -> None:
    menu = menu_for("/styleguide/", signed_in, SECTIONS)
    assert [link.current for link in menu.sections] == ["true", ""]
    assert [(link.title, link.current) for link in menu.places] == [("Agents", ""), ("Guide", "page")]
    assert menu_for("/agents/abc/code/", signed_in, SECTIONS).places[0].current == "true"
    assert not any(link.current for link in menu_for("/elsewhere/", signed_in, SECTIONS).sections)


def test_a_page_that_both_kinds_of_sessions_open_is_told_which_is_meant(signed_in: SignedIn) -> None:
    assert [link.address for link in menu_for("/", signed_in, SECTIONS).sections] == ["/agents/", "/sync/?s=abc"]


def test_a_full_session_has_the_menu_on_every_page(club: Gym) -> None:
    visitor = Visitor()
    visitor.sign_in_fully(club.company.slug)
    for address in ("/agents/", "/sync/"):
        text = visitor.get(address).content.decode()
        assert '<nav class="menu"' in text
        assert len(re.findall('aria-current="page"', text)) == 1
        assert 'action="/sign-out/"' in text


@pytest.mark.requirement("T-09", mutation="the menu drawn for every session")
def test_a_sync_session_has_none(club: Gym) -> None:
    visitor = Visitor()
    text = visitor.get(visitor.sign_in(token_for(club.administrator))["Location"]).content.decode()
    assert '<nav class="menu"' not in text
    assert "/agents/" not in text


@pytest.mark.requirement("T-10", mutation="the newest sync session taken for a page that only full sessions open")
def test_beside_a_sync_session_the_pages_of_the_full_one_need_no_id_in_their_address(club: Gym) -> None:
    with scope(company=club.company):
        other = gym(["Mallory"], other=True)
    visitor = Visitor()
    visitor.sign_in_fully(club.company.slug)
    visitor.sign_in(token_for(other.administrator))
    text = visitor.get("/agents/").content.decode()
    assert f"<b>{club.company.name}</b>" in text
    assert f"<b>{other.company.name}</b>" in visitor.get("/sync/").content.decode()
