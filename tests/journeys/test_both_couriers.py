"""The agent dials out and a page carries as well, on the real programs: the first one carries, and nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorsync.drivers.virtual import faults
from tests.factories.stack import LOCATIONS, Stack, stack
from tests.factories.visitor import LINK

pytestmark = pytest.mark.browser
ROUNDS, PEOPLE, CHANGED = 3, 12, 4
SENT = """SELECT count(*) FROM sync_batch b, json_each(b.orders) o
    WHERE b.status = 'answered' AND json_extract(o.value, '$[1]') = 1"""


def people(version: int) -> list[dict[str, Any]]:
    """Twelve people; with each version four go and four come."""
    first = version * CHANGED
    return [
        {"id": str(number), "last_name": f"Person {number}", "groups": ["Members"]} for number in range(first, first + PEOPLE)
    ]


def held(running: Stack) -> list[list[str]]:
    return [sorted(running.people(name).values()) for name in LOCATIONS]


def test_both_couriers_at_once_send_nothing_twice_and_trouble_nobody(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    page, carried = open_page(allowed=("409",)), list[str]()  # what the console says of the courier that came second
    with stack(tmp_path, people(0)) as running:
        running.start_agent()
        agent = f"http://127.0.0.1:{(tmp_path / 'agent/port').read_text().strip()}"
        page.on("request", lambda request: carried.append(request.url) if request.url.startswith(agent) else None)
        for name in LOCATIONS:
            faults.tell(running.memory_folder(name), delay=0.05)  # long enough for both to be at work
        page.goto(running.url + LINK + running.token())
        page.wait_for_url("**/sync/?s=*")
        for version in range(ROUNDS):
            running.load(people(version))  # the removals go out by themselves; whoever is new waits for the press
            page.get_by_role("button", name="Sync", exact=True).click()
            page.wait_for_url("**/sync/runs/*/**")
            expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")
            expect(page.locator("[data-trouble]:visible")).to_have_count(0)
            assert held(running) == [sorted(person["last_name"] for person in people(version))] * len(LOCATIONS)
            page.get_by_role("link", name="Back to the plan").click()
        assert running.query(SENT) == [(len(LOCATIONS) * (PEOPLE + 2 * CHANGED * (ROUNDS - 1)),)], (
            "each person's order once for each terminal"
        )
        assert any(url.endswith("/hello") for url in carried), "the page carried too"
