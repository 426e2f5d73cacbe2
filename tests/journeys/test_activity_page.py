"""The access log in a real browser: live, paused, and without script."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.hub.events.logs import NOON, Site, event
from tests.hub.web.activity.conftest import site_of
from tests.hub.web.activity.test_log_views import DENIED, UNKNOWN
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    made = gym()
    made.add("Alice Adams", made.members, number=7, card="200")
    made.add("Bob", made.members, number=8)
    return made


@pytest.fixture
def gate(club: Gym) -> Site:
    gate = site_of(club)
    gate.take(event(1, "7"), event(2, "8", at=NOON + timedelta(hours=1), **DENIED), event(3, at=NOON, **UNKNOWN))
    return gate


def signed_in(hub: LiveHub, club: Gym, page: Page) -> Page:
    page.goto(f"{hub.url}/sign-in/")
    for name, value in (("company", club.company.slug), ("username", "username"), ("password", "passwrod")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{hub.url}/activity/")
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    return page


def test_what_happens_shows_by_itself_until_somebody_pauses(
    hub: LiveHub, club: Gym, gate: Site, open_page: Callable[..., Page]
) -> None:
    page = signed_in(hub, club, open_page())
    expect(page.get_by_text("Live: what happens at a door shows here, mostly within 20 seconds.")).to_be_visible()
    rows = page.locator("#events tbody tr")
    expect(rows).to_have_count(3)
    gate.take(event(4, "7", at=NOON + timedelta(hours=2)))
    expect(rows).to_have_count(4)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused:")).to_be_visible()
    gate.take(event(5, "7", at=NOON + timedelta(hours=3)))
    page.get_by_role("button", name="Go on").click()
    expect(rows).to_have_count(5)

    if shots := os.environ.get("DOORSYNC_TEST_SHOTS"):
        _take_shots(page, Path(shots))
    assert (sideways(page), violations(page)) == (0, [])


def test_filters_why_and_export_work_without_script(hub: LiveHub, club: Gym, gate: Site, open_page: Callable[..., Page]) -> None:
    page = signed_in(hub, club, open_page(java_script_enabled=False, viewport={"width": 320, "height": 700}))
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_label("Result").select_option("denied")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#events tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 3
    page.get_by_role("link", name="Why?").first.click()
    expect(page.get_by_role("heading", name="Why?")).to_be_visible()
    expect(page.get_by_text("The rules let them in here now")).to_be_visible()


def _take_shots(page: Page, folder: Path) -> None:
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        page.screenshot(path=folder / f"log-{width}-{scheme}.png", full_page=True)
