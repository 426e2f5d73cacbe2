"""The ways in which people use a page: with a mouse, with the keyboard alone, with a finger on a narrow screen."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.looking import sideways, violations

MOST_TABS = 160
WITHIN = {False: ":not(nav.menu *)", True: "nav.menu *"}
FOCUSED = """() => {
  const it = document.activeElement;
  const label = it.labels && it.labels.length ? it.labels[0].innerText : "";
  const hidden = [...it.querySelectorAll("[aria-hidden=true]")].map((each) => each.innerText || "");
  const text = hidden.reduce((left, part) => left.replace(part, ""), it.innerText || it.value || "");
  return (label || it.getAttribute("aria-label") || text).replace(/\\s+/g, " ").trim();
}"""
# Chromium's fields for a time have twelve hours and AM or PM.
AS_TYPED = """text => new Date(`2026-01-01T${text}`).toLocaleTimeString("en-US", {hour: "2-digit", minute: "2-digit"})
  .replace(/\\s/g, "")"""
LEAVES = "it => it.matches('a[href], button[type=submit]')"


class Hands(ABC):
    """Somebody at a page. Names are those of links, buttons and fields, as a screen reader says them."""

    screen: dict[str, Any]

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, name: str, *, menu: bool = False) -> None:
        """The first button, link or opener of this name, outside the menu or within it."""

    @abstractmethod
    def fill(self, name: str, text: str) -> None:
        """Put this text in place of what a field holds."""

    @abstractmethod
    def choose(self, name: str, option: str) -> None:
        """Choose an option of a list by the words that it shows."""

    @abstractmethod
    def tick(self, name: str) -> None:
        """Tick a box."""

    def open_section(self, name: str) -> None:
        """A section, by way of the menu."""
        if self.page.locator("summary.menu-open").is_visible():
            self.open_menu()
        self.press(name, menu=True)

    @abstractmethod
    def open_menu(self) -> None:
        """On a narrow screen the sections are behind a button."""

    def arrives(self, heading: str) -> None:
        """The page with this heading is there, fits the screen, and is open to all."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        assert sideways(self.page) == 0, f"{self.page.url} is wider than its window"
        assert violations(self.page) == []

    def reads(self, text: str) -> None:
        """The page says this somewhere."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def _leave(self, what: Locator, press: Callable[[], None]) -> None:
        """Press it, and wait for the next page where it leads to one, as a person does."""
        if not what.evaluate(LEAVES):
            press()
            return
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            press()

    def upload(self, name: str, file: Path) -> None:
        """The dialog in which a file is chosen is the system's own, with keys of its own."""
        self.page.get_by_label(name, exact=True).set_input_files(file)


class Mouse(Hands):
    """On a wide screen."""

    screen = {"viewport": {"width": 1280, "height": 900}}

    def press(self, name: str, *, menu: bool = False) -> None:
        what = self._pressable(name).and_(self.page.locator(WITHIN[menu])).locator("visible=true").first
        self._leave(what, lambda: self._touch(what))

    def open_menu(self) -> None:
        self._touch(self.page.locator("summary.menu-open"))

    def fill(self, name: str, text: str) -> None:
        field = self.page.get_by_label(name, exact=True)
        self._touch(field)
        field.fill(text)

    def choose(self, name: str, option: str) -> None:
        self.page.get_by_label(name, exact=True).select_option(label=option)

    def tick(self, name: str) -> None:
        self._touch(self.page.get_by_role("checkbox", name=name, exact=True))

    def _pressable(self, name: str) -> Locator:
        said = {"name": name, "exact": True}
        found = self.page.get_by_role("button", **said).or_(self.page.get_by_role("link", **said))  # type: ignore[arg-type]
        return found.or_(self.page.locator("summary", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")))

    def _touch(self, what: Locator) -> None:
        what.click()


class Finger(Mouse):
    """On a telephone."""

    screen = {"viewport": {"width": 360, "height": 800}, "has_touch": True}

    def _touch(self, what: Locator) -> None:
        what.tap()


class Keyboard(Hands):
    """Without a mouse."""

    screen = {"viewport": {"width": 1280, "height": 900}}

    def press(self, name: str, *, menu: bool = False) -> None:
        self.go_to(name, menu=menu)
        self._leave(self.page.locator("*:focus"), lambda: self.page.keyboard.press("Enter"))

    def open_menu(self) -> None:
        self.press(" ".join(self.page.locator("summary.menu-open").inner_text().split()), menu=True)

    def fill(self, name: str, text: str) -> None:
        self.go_to(name)
        self.page.keyboard.press("Control+A")
        field = self.page.locator("*:focus")
        is_time = field.get_attribute("type") == "time"
        self.page.keyboard.type(self.page.evaluate(AS_TYPED, text) if is_time else text)
        if is_time:
            expect(field).to_have_value(text)

    def choose(self, name: str, option: str) -> None:
        self.go_to(name)
        self.page.keyboard.type(option)

    def tick(self, name: str) -> None:
        self.go_to(name)
        self.page.keyboard.press("Space")

    def go_to(self, name: str, *, menu: bool = False) -> None:
        """Press Tab until that has the focus."""
        seen = []
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            seen.append(self.page.evaluate(FOCUSED))
            if seen[-1] == name and self.page.locator("*:focus").and_(self.page.locator(WITHIN[menu])).count():
                return
        raise AssertionError(f"Tab never reached {name!r}: {seen}")
