"""Debian's chromium, driven by playwright, with an ear for everything that a page complains about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.factories import page_clock
from tests.factories.patience import PATIENCE

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless chromium."""
    # Playwright's loop runs in the test's own thread, where Django would then refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


_OPEN: list[BrowserContext] = []


def close_pages() -> None:
    """Close every page that is open, before the servers end that it may still be loading from."""
    while _OPEN:
        _OPEN.pop().close()


class Contexts:
    """The browser contexts of one test, and what their pages complained about."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.complaints: list[str] = []

    def open_page(self, *, allowed: tuple[str, ...] = (), **options: Any) -> Page:
        """A page in a context of its own. Complaints that contain one of `allowed` are expected."""
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(page_clock.SCRIPT)
        _OPEN.append(context)
        context.on("console", lambda message: self._heard(message, allowed))
        context.on("weberror", lambda error: self._complain(str(error.error), allowed))
        return context.new_page()

    def _heard(self, message: ConsoleMessage, allowed: tuple[str, ...]) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text} ({message.location.get('url', '')})", allowed)

    def _complain(self, text: str, allowed: tuple[str, ...]) -> None:
        if not any(part in text for part in allowed):
            self.complaints.append(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        close_pages()
