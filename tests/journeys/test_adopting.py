"""A terminal in use is adopted in a browser: open to all, without script, and the next sync leaves the right people in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.sync.models import Stranger
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.placed import names_in, user
from tests.hub.sync.sending import send
from tests.hub.sync.used_terminal import at_terminal, read_in_use
from tests.journeys.looking import sideways, violations
from tests.journeys.test_access_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym(["Alice", "Bob", "Charlie"])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Alice and Bob are in the gate under their numbers, one of two Twins under another, and a cleaner."""
    with scope(company=club.company):
        for card in ("7005", "7006"):
            club.add("Twin", club.members, card=card)
        held = {str(user(name).number): at_terminal(name) for name in ("Alice", "Bob")}
        return read_in_use(club, club.terminals[0], {**held, "9001": at_terminal("Twin"), "9002": at_terminal("Cleaner", "9")})


@pytest.mark.requirement("I-03", mutation="one button for all groups")
def test_terminal_in_use_is_adopted_without_script(
    hub: LiveHub, club: Gym, there: Counterpart, open_page: Callable[..., Page]
) -> None:
    gate = club.terminals[0]
    before = dict(there.device(gate).memory)
    page = open_page(java_script_enabled=False, viewport={"width": 360, "height": 700})
    sign_in(page, hub, club)
    page.goto(f"{hub.url}/doors/{gate.public_id}/")
    page.get_by_role("link", name="Compare them with your people, and take them over").click()
    page.get_by_role("button", name="Take them over").click()
    expect(page.get_by_role("status")).to_contain_text("2 people were taken over.")
    page.get_by_label("Twin").select_option(index=1)
    page.get_by_role("button", name="Take over those chosen").click()
    expect(page.get_by_role("status")).to_contain_text("1 person was taken over.")
    page.get_by_role("button", name="Keep them").click()
    expect(page.get_by_role("status")).to_contain_text("1 stays in the terminal.")
    assert there.device(gate).memory == before  # nothing was written until a sync
    with scope(company=club.company):
        send(club, there, gate)
        assert sorted(names_in(there.device(gate)).values()) == ["Alice", "Bob", "Charlie", "Cleaner", "Twin", "Twin"]
        assert "9001" not in names_in(there.device(gate))
        assert Stranger.objects.get().kept


def test_page_is_open_to_all(hub: LiveHub, club: Gym, there: Counterpart, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, hub, club)
    page.goto(f"{hub.url}/doors/{club.terminals[0].public_id}/adopt/")
    for scheme, width in (("light", 1280), ("dark", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width}"
        assert sideways(page) == 0, f"{scheme}, {width}"
