"""The sync page in a real browser: live counts, the people behind a number, the guard, and the same without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from playwright.sync_api import Page, Route, expect

from doorsync.hub.administrators.models import Session
from doorsync.hub.administrators.sessions import end_session
from doorsync.hub.sync.models import Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.visitor import LINK, token_for
from tests.hub.sync.counterpart import Counterpart
from tests.journeys.looking import arrive

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym([f"Person {number:02}" for number in range(30)])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


def fill(club: Gym, there: Counterpart) -> None:
    """Bring every terminal up to date, without a browser."""
    with scope(company=club.company):
        everything = Selection(locations=frozenset(location.pk for location in club.locations))
        start_run(company=club.company, choice=everything, confirmed=None, actor=club.actor)
        there.work()


def leave(club: Gym, count: int) -> None:
    with scope(company=club.company):
        for user in User.objects.all()[:count]:
            club.remove(user)


def runs() -> int:
    with scopes_disabled():
        return Run.objects.count()


def figure(page: Page, word: str) -> str:
    return page.locator(f".figure:has(dt:text-is('{word}')) dd").inner_text()


def test_counts_follow_each_tick_and_so_does_the_address(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator)
    assert figure(page, "new") == "60"
    page.get_by_label("South").check()
    expect(page.locator(".figure", has_text="new").locator("dd")).to_have_text("30")
    expect(page.locator("#terminals-title ~ table")).not_to_contain_text("Gate")
    assert f"location={club.locations[1].pk}" in page.url
    expect(page.locator("#plan-said")).to_have_text("30 new, 0 changed, 0 to remove, 0 the same, 0 refused")
    page.reload()
    expect(page.get_by_label("South")).to_be_checked()
    assert figure(page, "new") == "30"


def test_old_plan_cannot_be_sent_while_the_new_one_is_counted(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator)
    held_back: list[Route] = []
    page.route("**/sync/plan/*", lambda route: held_back.append(route))  # noqa: PLW0108 - playwright cannot mark a built-in
    page.get_by_label("South").check()
    expect(page.locator("#sync-button")).to_be_disabled()
    expect(page.locator("#plan")).to_have_attribute("aria-busy", "true")
    held_back[0].continue_()
    expect(page.locator("#sync-button")).to_be_enabled()
    assert page.locator("#plan input[name=location]").first.input_value() == str(club.locations[1].pk)


def test_plan_that_did_not_come_leaves_the_button_off_and_says_so(
    hub: LiveHub, open_page: Open, club: Gym, there: Counterpart
) -> None:
    page = open_page(allowed=("ERR_FAILED", "Failed to fetch"))
    arrive(page, hub, club.administrator)
    page.route("**/sync/plan/*", lambda route: route.abort())
    page.get_by_label("South").check()
    expect(page.get_by_text("What you see below is not what is ticked.")).to_be_visible()
    expect(page.locator("#sync-button")).to_be_disabled()
    page.unroute_all()
    page.get_by_label("Staff").check()
    expect(page.locator("#sync-button")).to_be_enabled()
    expect(page.get_by_text("What you see below is not what is ticked.")).to_be_hidden()


def test_number_opens_its_people_and_gives_the_focus_back(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator)
    link = page.get_by_role("link", name="30 new, Gate")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Gate: new")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    expect(page.get_by_role("dialog").get_by_text("Person 29")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_guard_waits_for_the_right_count(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    fill(club, there)
    leave(club, 25)
    page = open_page(allowed=("409",))
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&mode=changes")
    field = page.get_by_label("25 removals in all. Type 25 to confirm.")
    before = runs()
    page.get_by_role("button", name="Sync", exact=True).click()
    field.fill("24")
    page.keyboard.press("Enter")
    assert runs() == before
    assert "/runs/" not in page.url
    field.fill("25")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sync/runs/*/**")
    assert runs() == before + 1


def test_person_is_found_beside_the_plan(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    fill(club, there)
    leave(club, 1)
    arrive(page, hub, club.administrator)
    page.get_by_label("Name, number, id or card").fill("person 00")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("Still on 2 terminals: to be removed.")
    expect(page.locator("#plan-title")).to_be_visible()


def test_run_is_live_without_a_reload(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&mode=changes")
    page.get_by_role("button", name="Sync", exact=True).click()
    expect(page.locator("#live")).to_contain_text("Waiting for a connection to the terminals.")
    page.evaluate("window.same = true")
    with scope(company=club.company):
        there.work()
    expect(page.locator("#live")).to_contain_text("All 2 terminals are up to date.")
    expect(page.get_by_role("progressbar", name="The whole run")).to_have_attribute("aria-valuenow", "100")
    assert page.evaluate("window.same")


def test_problems_that_were_opened_stay_open(hub: LiveHub, page: Page, club: Gym, there: Counterpart) -> None:
    there.fault = lambda name: "full" if name == club.terminals[0].public_id else "gone"
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&location={club.locations[1].pk}&mode=changes")
    page.get_by_role("button", name="Sync", exact=True).click()
    page.wait_for_url("**/sync/runs/*/**")
    with scope(company=club.company):
        there.work()
    page.locator("#live summary").click()
    expect(page.locator("#live details")).to_contain_text("Person 00: The terminal says: “Memory full.”")
    mark = page.locator("[data-run]").evaluate("part => part.marked = true")
    assert mark
    there.fault = lambda _: ""
    with scope(company=club.company):
        Run.objects.first().run_terminals.update(retry_at=None)  # type: ignore[union-attr]  # there is one
        there.work()
    expect(page.locator("#live")).to_contain_text("Gate is only partly done.")
    assert not page.locator("[data-run]").evaluate("part => part.marked"), "a new part came"
    expect(page.locator("#live details")).to_have_attribute("open", "")


def test_ended_session_is_said_on_the_page_of_a_run(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    page = open_page(allowed=("403",))
    arrive(page, hub, club.administrator, f"location={club.locations[0].pk}&mode=changes")
    page.get_by_role("button", name="Sync", exact=True).click()
    expect(page.locator("#live")).to_contain_text("Waiting for a connection")
    with scopes_disabled():
        session = Session.objects.select_related("administrator__company").get()
    end_session(session, "sign-out")
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()


def test_ended_session_is_said_on_the_next_tick(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    page = open_page(allowed=("403",))
    arrive(page, hub, club.administrator)
    with scopes_disabled():
        session = Session.objects.select_related("administrator__company").get()
    end_session(session, "sign-out")
    page.get_by_label("South").click()
    expect(page.locator("#plan")).to_have_count(0)
    expect(page.locator(".bar")).to_have_count(1)


def test_everything_works_without_script(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(hub.url + LINK + token_for(club.administrator))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("South").check()
    page.get_by_role("button", name="Show the plan").click()
    assert figure(page, "new") == "30"
    page.get_by_role("button", name="Save this filter").click()
    expect(page.get_by_text("The filter is saved.")).to_be_visible()
    page.get_by_role("link", name="30 new, Pool").click()
    expect(page.get_by_role("heading", name="Pool: new")).to_be_visible()
    page.get_by_role("link", name="Back to the plan").click()
    page.get_by_label("Name, number, id or card").fill("person 03")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("A change is waiting for 2 terminals.")).to_be_visible()
    page.get_by_role("link", name="Back to the plan").click()
    page.get_by_role("button", name="Sync", exact=True).click()
    expect(page.get_by_text("Waiting for a connection to the terminals.")).to_be_visible()
    with scope(company=club.company):
        there.work()
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text("The terminal is up to date.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".bar-who")).to_have_count(0)


def test_dark_follows_the_system(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    papers = set()
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        arrive(page, hub, club.administrator)
        papers.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert papers == {"rgb(246, 247, 247)", "rgb(18, 22, 23)"}


def test_text_may_be_spaced_and_grow_without_loss(hub: LiveHub, open_page: Open, club: Gym, there: Counterpart) -> None:
    page = open_page(viewport={"width": 640, "height": 900}, bypass_csp=True)  # the reader's own style sheet
    arrive(page, hub, club.administrator)
    page.add_style_tag(content="*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}")
    page.add_style_tag(content="html{font-size:200%}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".button, .chip, .state, dd, dt, tbody th, td")]
            .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
            .map((each) => each.textContent.trim())"""
    )
    assert cut == []


@pytest.mark.parametrize("width", [320, 1024, 1280])
def test_no_column_is_cut_off_when_terminals_are_erased(
    hub: LiveHub, page: Page, club: Gym, there: Counterpart, width: int
) -> None:
    """Its words are longer, and the last column is who is refused."""
    with scope(company=club.company):
        Terminal.objects.filter(pk=club.terminals[0].pk).update(lost_at=timezone.now(), last_error=RunTerminalCode.NO_ANSWER())
    page.set_viewport_size({"width": width, "height": 900})
    arrive(page, hub, club.administrator, "mode=erase")
    card = page.locator("section:has(> #terminals-title)")
    assert card.evaluate("card => card.scrollWidth - card.clientWidth") <= 0
    edge = card.evaluate("card => card.getBoundingClientRect().right")
    assert page.locator("[data-label=refused]").first.evaluate("cell => cell.getBoundingClientRect().right") <= edge
