"""A company of 3,000 people with long names in five scripts, on the real programs: filled, read whole, and one removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorsync.drivers.virtual import faults
from tests.factories.stack import Stack, until
from tests.factories.visitor import LINK

pytestmark = pytest.mark.browser
PEOPLE = 3000
SCRIPTS = "Alexandra", "Александра", "Αλεξάνδρα", "אלכסנדרה", "亜歴山大"
ABILITIES = ["--can", "name_bytes=800", "--can", "cards_per_user=2"]
OPEN_RUNS = "SELECT 1 FROM sync_run WHERE closed_at IS NULL"
WRONG = "SELECT count(*) FROM sync_holding WHERE state <> 0"


def people() -> list[dict[str, Any]]:
    """Each with names of 100 letters, two cards, a PIN and an expiry."""
    return [
        {
            "id": str(number),
            "first_name": (SCRIPTS[number % 5] * 20)[:100],
            "last_name": f"{SCRIPTS[number % 5] * 10} {number}"[-100:],
            "groups": ["Members"],
            "cards": [str(7_000_000_000 + number), str(8_000_000_000 + number)],
            "pin": f"{10_000_000 + number}",
            "expires": "2090-01-01T00:00",
        }
        for number in range(PEOPLE)
    ]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("large"), cloud=True, terminals={"Gate": "North"}, capacity=PEOPLE + 100)
    made.abilities += ABILITIES
    try:
        made.start_terminals()
        faults.tell(made.memory_folder("Gate"), flush_every=100)
        made.load(people())
        made.start_hub()
        made.enrol()
        made.start_agent()
        yield made
    finally:
        made.end_all()


@pytest.mark.requirement("G-03", mutation="ORDERS as large as LIMIT, and the registries of joserfc with their own limits")
def test_3000_people_reach_their_terminal_are_read_whole_by_a_page_and_one_is_removed(
    running: Stack, open_page: Callable[..., Page]
) -> None:
    running.press()
    until(lambda: not running.query(OPEN_RUNS), "the end of the run", 240)
    assert running.query(WRONG) == [(0,)]
    faults.clear(running.memory_folder("Gate"))  # whatever it writes from now on is in its file at once

    running.end("agent")
    running.start_agent(DOORSYNC_AGENT_CLOUD="false")
    page, parts = open_page(), list[str]()
    page.on("request", lambda request: parts.append(request.url) if request.url.endswith("/courier/part") else None)
    page.goto(running.url + LINK + running.token())
    page.wait_for_url("**/sync/?s=*")
    page.get_by_label("Verify and repair").check()
    page.get_by_role("button", name="Sync", exact=True).click()
    page.wait_for_url("**/sync/runs/*/**")
    expect(page.locator("#live")).to_contain_text("up to date", timeout=120_000)
    assert len(parts) >= 2, "the memory came in parts"
    assert running.query(WRONG) == [(0,)]
    assert running.query("SELECT count(*) FROM sync_foundentry") == [(0,)]
    assert len(running.people("Gate")) == PEOPLE

    running.end("agent")
    running.start_agent()
    until(lambda: running.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")
    running.load(people()[1:])
    until(lambda: len(running.people("Gate")) == PEOPLE - 1, "the removal, without a press", 120)
