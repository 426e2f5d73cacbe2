"""Every page of the product under axe, in light and dark, wide and at 320 pixels; and what axe cannot see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.domain.record import Kind
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.hub.sync.counterpart import Counterpart
from tests.journeys.looking import arrive, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym([f"Person {number:02}" for number in range(60)])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(allowed=("404", "409", "410"))


def assert_good(page: Page, besides: tuple[str, ...] = ()) -> None:
    """As it stands, in each scheme and width; `besides` are rules that this page cannot keep, with a reason at the call."""
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours at rest, not on their way
        page.set_viewport_size({"width": width, "height": 800})
        found = [each for each in violations(page) if not each.startswith(besides)] if besides else violations(page)
        assert found == [], f"{scheme}, {width} pixels wide"
        assert sideways(page) == 0, f"{scheme}, {width} pixels wide"


def test_pages_without_sign_in_are_open_to_all(hub: LiveHub, page: Page) -> None:
    for address in ("/sign-in/", "/signed-out/", "/nowhere/", f"/users/totalSyncUsersLogin/{'0' * 128}"):
        page.goto(hub.url + address)
        assert_good(page)


def test_style_guide_is_open_to_all(hub: LiveHub, page: Page, setting: Callable[..., None]) -> None:
    setting(DEMO="true")
    page.goto(f"{hub.url}/styleguide/")
    # The guide shows a part many times over, so landmarks and headings come again; each part is looked at on its own page.
    twice = ("landmark-unique", "heading-order", "region")
    assert_good(page, twice)


def test_sync_page_is_open_to_all(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator)
    assert_good(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator("#filter-box > summary").click()
    page.get_by_label("Erase and rewrite").check()
    expect(page.locator("#plan")).to_contain_text("empties each chosen terminal first")
    assert_good(page)
    page.get_by_role("link", name="60 written back, Gate").click()
    expect(page.locator("dialog[open]")).to_contain_text("Gate: written back")
    assert_good(page)
    page.keyboard.press("Escape")
    page.get_by_label("Name, number, id or card").fill("Person 07")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("A change is waiting for 2 terminals.")
    assert_good(page)


def test_terminal_page_is_open_to_all(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    gate, device = club.terminals[0], there.device(club.terminals[0])
    with scope(company=club.company):
        start_run(company=club.company, choice=Selection(terminals=frozenset([gate.pk])), confirmed=None, actor=club.actor)
        for key, name in (("7000", "Fire brigade"), ("7001", "Cleaner"), ("9001", "Caretaker")):
            device.memory[Kind.USER, key] = {"name": name, "schedules": []}
        device.own.add((Kind.USER, "9001"))
        there.work()
        device.serial = "SOMEBODY-ELSES"
        start_run(company=club.company, choice=Selection(terminals=frozenset([gate.pk])), confirmed=None, actor=club.actor)
        there.work()
    arrive(page, hub, club.administrator)
    page.get_by_role("link", name="Gate", exact=True).click()
    expect(page.get_by_text("SOMEBODY-ELSES")).to_be_visible()
    expect(page.get_by_label("Fire brigade")).to_be_visible()
    assert_good(page)


def test_guard_is_open_to_all(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        everything = Selection(locations=frozenset(location.pk for location in club.locations))
        start_run(company=club.company, choice=everything, confirmed=None, actor=club.actor)
        there.work()
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&mode=erase")
    page.get_by_role("button", name="Sync").click()
    assert page.url.startswith(f"{hub.url}/sync/?")  # an empty field is stopped by the browser already
    page.locator("form:has(#confirmed)").evaluate("form => form.noValidate = true")
    page.get_by_label("Type").fill("1")
    page.get_by_role("button", name="Sync").click()
    expect(page.locator("#confirmed-wrong")).to_contain_text("Nothing was sent.")
    assert_good(page)


@pytest.mark.requirement("W-02", mutation="a field without a label")
def test_pages_that_need_no_script_are_open_to_all(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator)
    page.goto(f"{hub.url}/sync/people/?of={club.terminals[0].pk}&state=new&mode=changes")
    assert_good(page)
    page.goto(f"{hub.url}/sync/find/?q=person")
    assert_good(page)


def test_run_page_is_open_to_all(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    there.fault = lambda name: "full" if name == club.terminals[2].public_id else ""
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&location={club.locations[1].pk}&mode=changes")
    page.get_by_role("button", name="Sync").click()
    expect(page.locator("#live")).to_contain_text("Waiting for a connection")
    assert_good(page)
    with scope(company=club.company):
        there.work()
    expect(page.locator("#live")).to_contain_text("Pool is only partly done.")
    page.locator("#live summary").click()
    assert_good(page)


FOCUS = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const shown = getComputedStyle(focused.closest(".chip, .choice") ?? focused);
    const bar = document.querySelector(".bar");
    const top = focused.getBoundingClientRect().top;
    const free = bar.contains(focused) || focused.matches(".skip") || top >= bar.getBoundingClientRect().bottom - 2;
    return {what: focused.outerHTML.slice(0, 120), width: parseFloat(shown.outlineWidth), style: shown.outlineStyle, free};
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_focus_is_always_seen_and_never_under_the_bar(
    hub: LiveHub, page: Page, club: Gym, there: Counterpart, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    arrive(page, hub, club.administrator)
    if width == 320:
        page.locator("#filter-box > summary").click()
        page.locator("h1").click()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if (found := page.evaluate(FOCUS)) is None:
            break
        assert found["style"] != "none", found
        assert found["width"] >= 2, found
        assert found["free"], found
        reached.append(found["what"])
    assert len(reached) >= 12
    page.keyboard.press("Shift+Tab")
    for _ in range(len(reached) - 1):
        page.keyboard.press("Shift+Tab")
        found = page.evaluate(FOCUS)
        assert found is None or found["free"], found


SMALL = """() => {
    const pressed = "button, .chip, .choice, summary, input:not([type=checkbox], [type=radio], [type=hidden])";
    return [...document.querySelectorAll(pressed)]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map((each) => `${each.outerHTML.slice(0, 80)} ${each.getBoundingClientRect().height}`);
}"""


def test_touch_targets_are_44_pixels_high(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    page = open_page(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    arrive(page, hub, club.administrator)
    page.locator("#filter-box > summary").click()
    assert page.evaluate(SMALL) == []


def test_nothing_moves_for_whom_wants_no_motion(hub: LiveHub, open_page: Open, setting: Callable[..., None]) -> None:
    setting(DEMO="true")
    page = open_page(reduced_motion="reduce")
    page.goto(f"{hub.url}/styleguide/")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
            const style = getComputedStyle(each);
            return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
