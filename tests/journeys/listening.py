"""Hearing what a screen reader would be told: each text that the polite live region of a run comes to hold."""

from __future__ import annotations

from playwright.sync_api import Page

WATCH = """window.said = [];
new MutationObserver((changes) => {
    const spoken = changes.filter((change) => change.target.closest?.("#said"));
    if (spoken.length) said.push(document.getElementById("said").textContent);
}).observe(document, {childList: true, subtree: true});"""


def listen(page: Page) -> None:
    """From the next page on."""
    page.add_init_script(WATCH)


def heard(page: Page) -> list[str]:
    """What was said on this page."""
    said: list[str] = page.evaluate("window.said")
    return said
