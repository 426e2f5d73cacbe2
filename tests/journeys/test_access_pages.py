"""The access pages in a browser: open to all, and a zone changed by keyboard alone, without script, on a small screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym(["Anna de Vries", "Bob Jansen"])


def sign_in(page: Page, hub: LiveHub, club: Gym) -> None:
    page.goto(f"{hub.url}/sign-in/")
    page.get_by_label("Company").fill(club.company.slug)
    page.get_by_label("Name").fill("username")
    page.get_by_label("Password").fill("passwrod")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*s=*")


def test_pages_are_open_to_all(hub: LiveHub, club: Gym, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, hub, club)
    cell = f"/access/rights/{club.members.pk}/{club.zones[1].pk}/"
    for address in ("/access/", cell, "/access/groups/", "/access/zones/add/", "/access/schedules/", "/locations/add/"):
        page.goto(hub.url + address)
        for scheme, width in (("light", 1280), ("dark", 320)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], f"{address}, {scheme}, {width}"
            assert sideways(page) == 0, f"{address}, {scheme}, {width}"


def test_zone_is_changed_by_keyboard_without_script(hub: LiveHub, club: Gym, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 360, "height": 700})
    sign_in(page, hub, club)
    page.goto(f"{hub.url}/access/zones/{club.zones[0].pk}/")
    page.get_by_label("Gate").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Gate")).to_contain_text("Anna de Vries, Bob Jansen")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your data has been updated.")
    with scope(company=club.company):
        assert [door.name for door in club.zones[0].terminals.all()] == ["Pool"]
