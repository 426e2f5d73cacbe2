"""A person asks for their data and for its erasure, on the real programs: with a door that is off, and a hub that is killed."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from tests.factories.gym import gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack, stack, until
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANNA: dict[str, Any] = {
    "id": "member-88",
    "first_name": "Annabella",
    "last_name": "Quackenbush",
    "email": "annabella@example.com",
    "groups": ["Members"],
    "cards": ["7734210099"],
}
BOB = {"id": "member-89", "last_name": "Bob", "groups": ["Members"]}
WORDS = ("annabella", "quackenbush", "7734210099", "member-88")


def shot(page: Page, name: str) -> None:
    """For whoever looks at the pages."""
    if folder := os.environ.get("DOORSYNC_TEST_SHOTS"):
        for scheme, width in (("light", 1280), ("dark", 320)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{scheme}-{width}.png", full_page=True)


def is_good(page: Page, name: str) -> None:
    """It fits the narrowest screen, in both schemes, and axe finds nothing."""
    shot(page, name)
    page.set_viewport_size({"width": 320, "height": 800})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert (sideways(page), violations(page)) == (0, [])


def sign_in(page: Page, hub: str, company: str, wanted: str) -> None:
    page.goto(f"{hub}/sign-in/?next={wanted}")
    for name, value in (("company", company), ("username", "username"), ("password", "passwrod")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()


def at_their_page(running: Stack, page: Page) -> None:
    sign_in(page, running.url, "gym", "/people/1/")
    expect(page.get_by_role("heading", name="Annabella Quackenbush", level=1)).to_be_visible()


def export(page: Page) -> dict[str, Any]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Export all data").click()
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text())
    return found


def in_the_files(running: Stack) -> list[str]:
    """Which words stand anywhere in the hub's database, in what was deleted too. The hub has ended."""
    file = running.folder / "hub/hub.sqlite3"
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as base:
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = file.read_bytes().lower()
    return [word for word in WORDS if word.encode() in data]


@pytest.mark.requirement("P-01", mutation="finish_erasures left out of the scheduler; or `_finish` without its transaction")
def test_a_person_is_exported_and_erased(tmp_path: Path, page: Page) -> None:
    with stack(tmp_path, [ANNA, BOB]) as running:
        running.start_agent()
        running.press()
        until(lambda: all("Annabella Quackenbush" in running.people(name).values() for name in running.terminals), "the doors")
        until(lambda: not running.query("SELECT 1 FROM sync_run WHERE closed_at IS NULL"), "the run ending")
        running.end("Pool")

        at_their_page(running, page)
        is_good(page, "person")
        file = export(page)
        assert (file["person"]["external_id"], file["credentials"][0]["value"]) == ("member-88", "••••99")
        assert {door["door"]: door["holds"] for door in file["doors"]} == dict.fromkeys(running.terminals, "yes")

        page.get_by_role("link", name="Erase this person…").click()
        expect(page.get_by_text("They are taken out of 3 doors.")).to_be_visible()
        is_good(page, "ask")
        page.get_by_label("Type Quackenbush to confirm.").fill("quackenbush")
        page.get_by_role("button", name="Erase", exact=True).click()
        expect(page.get_by_role("heading", name="Erasure of number 1")).to_be_visible()
        until(lambda: all(list(running.people(name).values()) == ["Bob"] for name in ("Gate", "Office")), "two doors confirming")
        until(
            lambda: running.query("SELECT count(*) FROM sync_holding WHERE label LIKE '%Quackenbush'") == [(1,)],
            "the hub knowing",
        )
        page.reload()
        expect(page.get_by_text("may still hold this person")).to_have_count(1)
        is_good(page, "waits")

        running.end("hub")
        running.start_hub(DOORSYNC_CRASH_AT="hub.erasure-forgotten")
        running.start_terminal("Pool")
        until(lambda: running.died("hub"), "the hub dying while it finishes the erasure")
        assert running.query("SELECT finished_at FROM privacy_erasure") == [(None,)]
        running.start_hub()
        until(lambda: running.query("SELECT 1 FROM privacy_erasure WHERE finished_at IS NOT NULL"), "the erasure being finished")

        assert list(running.people("Pool").values()) == ["Bob"]
        page.reload()
        expect(page.get_by_text("Nothing here names this person any more")).to_be_visible()
        expect(page.get_by_text("removed, and looked at afterwards")).to_have_count(3)
        is_good(page, "receipt")
        page.get_by_role("link", name="Erasures").first.click()
        expect(page.get_by_role("link", name="1", exact=True)).to_be_visible()
        is_good(page, "list")
        assert "whole" in running.run(["audit", "verify"])
        running.end("hub")
        assert in_the_files(running) == []


def test_somebody_who_was_deleted_before_is_erased_without_script(hub: LiveHub, open_page: Callable[..., Page]) -> None:
    club = gym()
    with scope(company=club.company):
        removed = Removed(number=4711, name="Annabella Quackenbush", since=None)
        note_revocations(club.terminals[0], [removed], Evidence.REMOVED, timezone.now())
    for scripted in (True, False):
        page = open_page(java_script_enabled=scripted)
        sign_in(page, hub.url, club.company.slug, "/activity/revocations/4711/")
        if scripted:
            is_good(page, "former")
    page.get_by_role("link", name="Erase this person…").click()
    page.get_by_label("Type 4711 to confirm.").fill("4711")
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_text("Number 4711 is being erased.")).to_be_visible()
    page.goto(f"{hub.url}/activity/revocations/")
    expect(page.get_by_role("link", name="4711")).to_be_visible()
    expect(page.get_by_text("Quackenbush")).to_have_count(0)
