"""A door is opened from the browser, on the real programs; and stays shut when the agent is killed on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.domain.capabilities import Capabilities
from tests.factories.gym import gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.hub.terminals.openable import openable
from tests.journeys.looking import sideways, violations

pytestmark = pytest.mark.browser
ANSWERED = "SELECT count(*) FROM terminals_dooropening WHERE result = 'opened'"
WAITED = "SELECT waited_at FROM terminals_agent"
PEOPLE = [{"id": "1", "last_name": "Alice", "groups": ["Members"]}]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Stack]:
    """All terminals are synced, so it is known what they can do."""
    with stack(tmp_path, PEOPLE) as running:
        running.start_agent()
        running.press()
        until(lambda: all(map(running.people, LOCATIONS)), "Alice everywhere")
        yield running


def opened(running: Stack) -> list[int]:
    """The doors that the gate opened, read from the log in its memory."""
    file = running.memory_folder("Gate") / "memory.sqlite3"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=PATIENCE) as memory:
        rows = memory.execute("SELECT door FROM event WHERE reason = 'opened-remotely'")
        return [door for (door,) in rows]


def move_expiry(running: Stack, by: str) -> None:
    """As if the door had been asked for earlier, or later."""
    with sqlite3.connect(running.folder / "hub/hub.sqlite3", timeout=PATIENCE) as base:
        base.execute("UPDATE terminals_dooropening SET expires_at = datetime(expires_at, ?)", [by])


def sign_in(page: Page, url: str, company: str = "gym") -> None:
    page.goto(f"{url}/sign-in/")
    for label, text in (("Company", company), ("Name", "username"), ("Password", "passwrod")):
        page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_attached()


def press_open(page: Page, url: str) -> None:
    page.goto(f"{url}/doors/")
    page.get_by_role("link", name="Open Gate").click()
    expect(page.get_by_role("heading", name="Open “Gate”?")).to_be_visible()
    page.get_by_role("button", name="Open it now").click()


def test_a_door_is_opened_once_and_the_page_says_by_whom_with_and_without_script(
    running: Stack, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, running.url)
    press_open(page, running.url)
    expect(page.locator("#openings")).to_contain_text("Opened by username at")
    assert opened(running) == [1]
    expect(page.locator("#openings").get_by_role("link", name="Open", exact=True)).to_be_visible()

    plain = open_page(java_script_enabled=False)
    sign_in(plain, running.url)
    press_open(plain, running.url)
    until(lambda: running.query(ANSWERED) == [(2,)], "the second answer")
    plain.goto(f"{running.url}/doors/")
    plain.get_by_role("link", name="Gate", exact=True).click()
    expect(plain.locator("#openings").get_by_text("Opened by username at")).to_have_count(2)
    assert opened(running) == [1, 1]
    audit = running.run(["audit", "show", "--company", "gym", "--event", "door."])
    assert (audit.count("door.open-asked"), audit.count("door.opened")) == (2, 2)


@pytest.mark.requirement(
    "R-02", mutation="`_left` of the agent's commands without their nonce, and commands handed out until they are answered"
)
@pytest.mark.parametrize(("step", "times"), [("agent.door-checked", 0), ("agent.door-opened", 1)])
def test_a_door_is_opened_no_second_time_after_its_agent_was_killed(
    running: Stack, open_page: Callable[..., Page], step: str, times: int
) -> None:
    page = open_page()
    sign_in(page, running.url)
    running.end("agent")
    running.start_agent(DOORSYNC_CRASH_AT=step)
    press_open(page, running.url)
    until(lambda: running.died("agent"), "the agent being killed")
    running.processes.pop("agent")
    move_expiry(running, "+60 seconds")  # so that not the time alone keeps it back
    waited = running.query(WAITED)
    running.start_agent()
    until(lambda: running.query(WAITED) > waited, "the next agent asking for work")
    move_expiry(running, "-120 seconds")
    expect(page.locator("#openings")).to_contain_text("Nobody knows whether it opened.")
    until(lambda: "door.unanswered" in running.run(["audit", "show", "--company", "gym", "--event", "door."]), "the audit")
    assert opened(running) == [1] * times


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("W-02", mutation="the list of requests outside a list element")
def test_pages_of_opening_are_open_to_all(hub: LiveHub, open_page: Callable[..., Page]) -> None:
    club = gym(["Alice"])
    opener = openable(club)
    page = open_page()
    sign_in(page, hub.url, club.company.slug)
    with scope(company=club.company):
        for result in ("refused", "unknown", "opened"):
            opener.ask()
            (command,) = opener.fetch()
            opener.take(opener.answer(command, result))
        opener.ask()
    for address in ("/doors/", f"/doors/{opener.gate.public_id}/", f"/doors/{opener.gate.public_id}/open/"):
        page.goto(hub.url + address)
        assert_good(page)
    opener.change(limits=Capabilities(remote_doors=("1", "2", "3", "4")).as_dict())
    page.goto(f"{hub.url}/doors/{opener.gate.public_id}/")
    assert_good(page)
    opener.change(lost_at=timezone.now())
    page.goto(f"{hub.url}/doors/{opener.gate.public_id}/")
    expect(page.locator("#openings")).to_contain_text("Not reached since")
    assert_good(page)


def assert_good(page: Page) -> None:
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{page.url}, {scheme}, {width} pixels wide"
        assert sideways(page) == 0, f"{page.url}, {scheme}, {width} pixels wide"
