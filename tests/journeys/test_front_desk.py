"""A front desk's day by keyboard alone, on a narrow screen; each page on the way is open to all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.users.models import User
from doorsync.hub.users.queries import credentials_of
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.journeys.hands import Keyboard
from tests.journeys.looking import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    made = gym()
    with scope(company=made.company):
        made.add("Vries", made.members, first_name="Anna", card="4711000")
        made.add("Jansen", made.members, first_name="Bob", card="4711001")
    return made


def sign_in(keys: Keyboard, hub: LiveHub, club: Gym) -> None:
    keys.page.goto(f"{hub.url}/sign-in/")
    for name, text in (("Company", club.company.slug), ("Name", "username"), ("Password", "passwrod")):
        keys.fill(name, text)
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_text("Sign out")).to_be_attached()
    keys.page.goto(f"{hub.url}/")
    keys.arrives("Overview")


def find_and_edit_anna(keys: Keyboard) -> None:
    keys.open_section("People")
    keys.arrives("People")
    keys.page.keyboard.press("/")
    keys.page.keyboard.type("vri")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_text("Bob Jansen")).to_have_count(0)
    keys.press("Anna Vries")
    keys.arrives("Anna Vries")
    keys.fill("Phone", "+31 6 1234")
    keys.press("Save")
    expect(keys.page.get_by_text("Anna Vries was saved.")).to_be_visible()
    keys.press("Suspend")
    expect(keys.page.get_by_text("Anna Vries is suspended.")).to_be_visible()
    keys.press("Reinstate")
    expect(keys.page.get_by_text("Anna Vries is reinstated.")).to_be_visible()


def lose_and_find_a_card(keys: Keyboard) -> None:
    keys.press("Credentials")
    keys.arrives("Anna Vries")
    keys.press("Lost card ••••00")
    expect(keys.page.get_by_text("is reported lost")).to_be_visible()
    keys.fill("New card", "5550123")
    keys.go_to("For how long")
    keys.page.keyboard.type("until to")
    keys.press("Save card")
    expect(keys.page.get_by_text("temporary, until")).to_be_visible()
    assert violations(keys.page) == []
    keys.press("Found again Card ••••00")
    expect(keys.page.get_by_text("is theirs again")).to_be_visible()


def add_and_delete_somebody(keys: Keyboard) -> None:
    keys.press("Add a person")
    keys.arrives("Add a person")
    keys.press("Add")
    expect(keys.page.get_by_text("The last name must not be empty")).to_be_visible()
    assert violations(keys.page) == []
    keys.fill("Last name", "Eder")
    keys.fill("Card", "4711002")
    keys.press("Add")
    keys.arrives("Eder")
    keys.press("Delete…")
    keys.arrives("Delete Eder?")
    keys.fill("Type Eder to confirm.", "Eder")
    keys.press("Delete")
    expect(keys.page.get_by_text("Eder was deleted.")).to_be_visible()


def expect_a_visitor_and_let_them_leave(keys: Keyboard) -> None:
    keys.arrives("Visitors")
    keys.press("Expect a visitor")
    keys.arrives("Expect a visitor")
    keys.press("Expect")
    expect(keys.page.get_by_text("Nothing was saved yet")).to_be_visible()
    assert violations(keys.page) == []
    keys.fill("Last name", "Vis")
    keys.fill("until (time)", "23:59")
    keys.fill("Card", "4711003")
    keys.press("Expect")
    expect(keys.page.get_by_text("Vis is expected.")).to_be_visible()
    keys.press("Arrived Vis")
    expect(keys.page.get_by_text("Vis has arrived.")).to_be_visible()
    assert violations(keys.page) == []
    keys.press("Left Vis")
    expect(keys.page.get_by_text("Vis has left.")).to_be_visible()
    keys.arrives("Visitors")


def suspend_and_undo(keys: Keyboard) -> None:
    keys.go_to("Choose Bob Jansen")
    keys.page.keyboard.press("Space")
    keys.press("Show what it would do")
    keys.arrives("Suspend: 1 person")
    keys.press("Do it")
    keys.arrives("Suspend: 1 person")
    keys.press("Undo")
    expect(keys.page.get_by_text("1 person is as before.")).to_be_visible()


@pytest.mark.requirement("W-02", mutation="a button of the person's page that is a link without an address")
def test_a_day_by_keyboard_alone(hub: LiveHub, club: Gym, open_page: Callable[..., Page]) -> None:
    keys = Keyboard(open_page(viewport={"width": 360, "height": 800}, allowed=("422",)))
    sign_in(keys, hub, club)
    find_and_edit_anna(keys)
    lose_and_find_a_card(keys)
    keys.page.goto(f"{hub.url}/people/")
    add_and_delete_somebody(keys)
    suspend_and_undo(keys)
    keys.page.goto(f"{hub.url}/visitors/")
    expect_a_visitor_and_let_them_leave(keys)
    with scope(company=club.company):
        people = {user.full_name: user for user in User.objects.select_related("company")}
        assert set(people) == {"Anna Vries", "Bob Jansen", "Vis"}
        assert credentials_of(people["Vis"]) == {}
        assert all(user.active for user in people.values())
        assert people["Anna Vries"].phone == "+31 6 1234"
        assert credentials_of(people["Anna Vries"]) == {"card": frozenset({"4711000"})}
