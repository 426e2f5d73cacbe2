"""What journeys do again and again: arriving by a sign-in link, and letting axe look at a page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Page

from doorsync.hub.administrators.models import Administrator
from tests.factories.live import LiveHub
from tests.factories.node_packages import install_node_packages
from tests.factories.visitor import LINK, token_for

NODE = Path(__file__).parent / "node"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def arrive(page: Page, hub: LiveHub, administrator: Administrator, query: str = "") -> None:
    """Open a fresh sign-in link, and land on the sync page; `query` is then added to its address."""
    page.goto(hub.url + LINK + token_for(administrator))
    page.wait_for_url("**/sync/?s=*")
    if query:
        page.goto(f"{page.url}&{query}")


def press_sync(page: Page | FrameLocator) -> None:
    """Press Sync as a person does: where the guard asks for a number, type it first."""
    asked = page.locator("label[for=confirmed]")
    if asked.count():
        page.locator("#confirmed").fill("".join(re.findall(r"Type (\d+)", asked.inner_text())))
    page.get_by_role("button", name="Sync", exact=True).click()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, once its styles are there."""
    page.wait_for_load_state("load")
    page.evaluate(axe())
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {each['help']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@cache
def axe() -> str:
    """The pinned axe-core."""
    return (install_node_packages(NODE) / "axe-core/axe.min.js").read_text()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window, once its styles are there."""
    page.wait_for_load_state("load")
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
