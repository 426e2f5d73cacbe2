"""Hub and agent change their keys while both run, on the real programs: over the cloud courier, and carried by a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from doorsync.messages.keys import KeyPairs, PublicKeys
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.factories.visitor import LINK

ALICE, BOB = ({"id": str(number), "last_name": name, "groups": ["Members"]} for number, name in ((1, "Alice"), (2, "Bob")))


def keys(running: Stack) -> tuple[str, str]:
    """The fingerprints of the agent's keys and of the hub's that it pins, from its file."""
    data: dict[str, Any] = json.loads((running.folder / "agent/identity.json").read_text())
    return KeyPairs.load(data["keys"]).public.fingerprint(), PublicKeys.load(data["hub"]).fingerprint()


def change_both(running: Stack) -> tuple[str, str]:
    """Say both commands; returns what they say the new keys are."""
    agent = running.run(["agent", "rotate-keys"], environment=running.agent_environment)
    hub = running.run(["hub", "rotate-keys"])
    assert "Still to change: 1\n  gym: Agent" in hub
    return agent.split("key is ")[1][:23], hub.split("key is ")[1][:23]


def finish(running: Stack) -> None:
    """Nobody needs the old keys any more."""
    assert "Still to change: none" in running.run(["hub", "rotate-keys"])
    assert "forgotten" in running.run(["hub", "rotate-keys", "--finish"])


def is_everywhere(running: Stack, *names: str) -> bool:
    return all(sorted(running.people(name).values()) == list(names) for name in LOCATIONS)


def test_cloud_courier_carries_fresh_keys_and_the_agent_may_be_killed_meanwhile(tmp_path: Path) -> None:
    with stack(tmp_path, [ALICE]) as running:
        running.start_agent()
        running.press()
        until(lambda: is_everywhere(running, "Alice"), "Alice everywhere")
        new = change_both(running)
        running.processes["agent"].kill()
        running.end("agent")
        running.start_agent()
        until(lambda: keys(running) == new, "both keys being new")
        finish(running)
        running.load([ALICE, BOB])
        running.press()
        until(lambda: is_everywhere(running, "Alice", "Bob"), "Bob everywhere")
        assert not (tmp_path / "agent/rotation.json").exists()


@pytest.mark.browser
def test_page_carries_fresh_keys(tmp_path: Path, page: Page) -> None:
    with stack(tmp_path, [ALICE], cloud=False) as running:
        running.start_agent()
        new = change_both(running)
        page.goto(running.url + LINK + running.token())
        page.wait_for_url("**/sync/?s=*")
        page.get_by_role("button", name="Sync", exact=True).click()
        expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")
        assert keys(running) == new
        assert is_everywhere(running, "Alice")
        finish(running)
