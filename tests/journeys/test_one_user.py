"""The sync of one user over its sign-in link, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.models import Run
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.hub.sync.counterpart import Counterpart
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 320)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym(["Bob", "Carol"])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def alice(club: Gym) -> User:
    return club.add("Alice", club.members)


def link(hub: LiveHub, club: Gym, user: User, location: Location | None = None) -> str:
    place = location.pk if location else None
    token = issue_sync_token(administrator=club.administrator, actor=club.actor, user_id=user.pk, location_id=place)
    return f"{hub.url}/users/oneSyncUserLogin/{token}"


def test_with_a_location_it_starts_by_itself_and_going_back_does_not_start_it_again(
    hub: LiveHub, page: Page, club: Gym, there: Counterpart, alice: User
) -> None:
    page.goto(link(hub, club, alice, club.locations[0]))
    page.wait_for_url("**/sync/runs/*/**")
    with scope(company=club.company):
        there.work()
    expect(page.locator("#live")).to_contain_text("Added 1 person.")
    expect(page.locator("#live")).to_contain_text("2 changes still wait at Gate.")

    page.get_by_role("link", name="Back to the user").click()
    expect(page.get_by_role("heading", name="Alice")).to_be_visible()
    expect(page.get_by_role("button", name="Synchronize user")).to_be_enabled()
    with scope(company=club.company):
        assert Run.objects.count() == 1


def test_without_a_location_a_person_chooses_and_presses(
    hub: LiveHub, page: Page, club: Gym, there: Counterpart, alice: User
) -> None:
    page.goto(link(hub, club, alice))
    page.wait_for_url("**/sync/user/*")
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width} pixels wide"
        assert sideways(page) == 0, f"{scheme}, {width} pixels wide"
    page.get_by_text("South", exact=True).first.click()
    page.get_by_role("button", name="Synchronize user").click()
    page.wait_for_url("**/sync/runs/*/**")
    with scope(company=club.company):
        there.work()
    expect(page.locator("#live")).to_contain_text("Added 1 person.")
    assert {fields["name"] for fields in there.device(club.terminals[2]).people().values()} == {"Alice"}


@pytest.mark.requirement("T-03", mutation="the run started by the page's GET")
def test_without_script_there_is_a_button(
    hub: LiveHub, open_page: Callable[..., Page], club: Gym, there: Counterpart, alice: User
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(link(hub, club, alice, club.locations[0]))
    page.get_by_role("button", name="Continue").click()
    with scope(company=club.company):
        assert not Run.objects.exists()
    page.get_by_role("button", name="Synchronize user").click()
    expect(page.get_by_role("heading", name="Synchronize one user: Alice")).to_be_visible()
