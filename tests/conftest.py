"""What every test stands on: a data folder and a port of its own, sockets on this machine only, a live hub and a browser."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page

from scripts import catalogues
from tests.factories import folders
from tests.factories.ports import hold_port

# On a busy machine making an example, or running it, may take long: that is no failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
folders.keep_in_memory()
catalogues.compile_changed(Path(__file__).parents[1])
for name in [name for name in os.environ if name.startswith("DOORSYNC_") and not name.startswith("DOORSYNC_TEST_")]:
    del os.environ[name]
LONGEST = 600  # seconds of one test that does not say otherwise: only what hangs takes as long, however busy the machine is
DATA = Path(tempfile.mkdtemp(prefix="doorsync-tests-"))
os.environ["DOORSYNC_DATA"] = str(DATA)
os.environ["DOORSYNC_PORT"] = str(hold_port())  # known before the settings are read, because pages check their own origin
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django  # noqa: E402 - after the environment it reads
from django.utils import translation  # noqa: E402 - the same

django.setup()

from doorsync.hub.administrators.actions import VERIFIED  # noqa: E402 - after Django is set up
from doorsync.hub.settings.config import config  # noqa: E402 - after the environment it reads
from tests.factories import browsing, emptying, live, migrated  # noqa: E402 - after Django is set up

emptying.install()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers choose a data folder and a port of their own: with these names, they would read ours before they can."""
    for name in ("DJANGO_SETTINGS_MODULE", "DOORSYNC_DATA", "DOORSYNC_PORT"):
        del os.environ[name]
    migrated.share(DATA)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page that was answered in another language leaves it to the process, and so to the next test."""
    yield
    translation.deactivate()


def pytest_unconfigure() -> None:
    """Leave nothing behind. Workers end without Python's own clean-up, so it happens here."""
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """No test hangs: it fails where it stands instead."""

    marker = item.get_closest_marker("longest")
    longest: int = marker.args[0] if marker else LONGEST

    def fail(_: int, __: object) -> None:
        raise TimeoutError(f"{item.name} took longer than {longest} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(longest)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def no_loop_of_a_browser(item: pytest.Item) -> Iterator[None]:
    """Playwright leaves its loop marked as running; a test without a browser in the same process may run one of its own."""
    left = None if "browser" in getattr(item, "fixturenames", ()) else asyncio._get_running_loop()
    if left:
        asyncio._set_running_loop(None)
    try:
        yield
    finally:
        if left:
            asyncio._set_running_loop(left)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Its fixtures may run a loop too."""
    with no_loop_of_a_browser(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, None, None]:
    with no_loop_of_a_browser(pyfuncitem):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Whoever asks for a database fixture is also marked django_db, so that PostgreSQL sees that test too.

    Tests with a browser come last, so that most tests run in a process that has none yet.
    """
    for item in items:
        wants = getattr(item, "fixturenames", ())
        if {"db", "transactional_db", "hub"} & set(wants) and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db(transaction="db" not in wants or "transactional_db" in wants))
    yield
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as it is in real life: in memory, threads would share one connection's locks."""
    from django.db import connections

    if connections["default"].vendor == "sqlite":
        connections.settings["default"]["TEST"]["NAME"] = str(DATA / "test.sqlite3")
        migrated.copy_to(DATA / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite, Django starts on the copy that was put there; it goes with its folder."""
    from django.db import connections

    return connections["default"].vendor == "sqlite"


@pytest.fixture(autouse=True)
def forgotten_passwords() -> None:
    """What a test before verified is not remembered: ids and hashes are the same again."""
    VERIFIED.forget()


@pytest.fixture
def hub(transactional_db: None) -> Iterator[live.LiveHub]:
    """The real hub on a loopback port, on the test's own database. An error in it fails the test."""
    with live.running() as hub:
        yield hub
        browsing.close_pages()
    assert not hub.errors, f"errors inside the hub: {hub.errors}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, started once."""
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(allowed=("403",), **context_options)`: a page in a fresh context; other console errors fail the test."""
    with browsing.Contexts(browser) as contexts:
        yield contexts.open_page
    assert not contexts.complaints, f"the browser complained: {contexts.complaints}"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in a fresh context; any console error fails the test."""
    return open_page()


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`setting(PUBLIC_URL="https://...")`: as if the operator had set it before the start."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"DOORSYNC_{name}", value)
        config.cache_clear()

    yield change
    monkeypatch.undo()
    config.cache_clear()
