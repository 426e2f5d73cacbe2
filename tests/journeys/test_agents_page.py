"""The agents page in a real browser: a code, and an enrolment that only this browser can carry."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.terminals.models import Agent
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMMAND = [sys.executable, "-m", "doorsync", "agent"]


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym()


@pytest.fixture
def agents_page(hub: LiveHub, club: Gym, open_page: Callable[..., Page]) -> Page:
    """Signed in fully, on the page with the agents."""
    page = open_page(allowed=("409", "ERR_CONNECTION_REFUSED", "Access-Control-Allow-Origin", "403"))
    page.goto(f"{hub.url}/sign-in/")
    for name, value in (("company", club.company.slug), ("username", "username"), ("password", "passwrod")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{hub.url}/agents/")
    expect(page.get_by_role("heading", name="Agents")).to_be_visible()
    return page


@pytest.fixture
def waiting(hub: LiveHub, agents_page: Page, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`doorsync agent enrol --by-page`, with the hub's key as the page shows it."""
    agents_page.get_by_text("Its machine cannot reach this hub").click()
    key = agents_page.locator("details code").nth(1).inner_text()
    process = subprocess.Popen(
        [*COMMAND, "enrol", hub.url, "--by-page", "--data", str(tmp_path / "agent")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin
    process.stdin.write(f"{key}\n")
    process.stdin.flush()
    yield process
    process.stdin.close()
    process.terminate()
    process.wait(PATIENCE)
    assert process.stdout
    process.stdout.close()


def shown(process: subprocess.Popen[str], name: str) -> str:
    assert process.stdout
    for line in process.stdout:
        if line.strip().startswith(name):
            return line.partition(":")[2].strip()
    raise AssertionError(f"it never said its {name}")


def type_in(page: Page, address: str, key: str) -> None:
    page.get_by_label("Address that the agent shows").fill(address)
    page.get_by_label("Key that the agent shows").fill(key)
    page.get_by_role("button", name="Make a code").click()
    page.get_by_role("button", name="Carry the enrolment").click()


def enrolled(club: Gym) -> bool:
    with scope(company=club.company):
        return bool(Agent.objects.get(pk=club.agent.pk).keys)


def test_the_page_carries_an_enrolment(agents_page: Page, waiting: subprocess.Popen[str], club: Gym, tmp_path: Path) -> None:
    type_in(agents_page, shown(waiting, "Address"), shown(waiting, "Key"))
    expect(agents_page.get_by_text("The agent is enrolled")).to_be_visible()
    assert waiting.wait(PATIENCE) == 0
    assert enrolled(club)
    assert (tmp_path / "agent/identity.json").exists()
    expect(agents_page.locator("#code")).to_be_hidden()
    assert violations(agents_page) == []
    agents_page.get_by_role("link", name="Show how it stands").click()
    expect(agents_page.get_by_text("never enrolled")).to_have_count(0)


def test_a_key_that_was_typed_wrongly_lets_nobody_in(agents_page: Page, waiting: subprocess.Popen[str], club: Gym) -> None:
    address, key = shown(waiting, "Address"), shown(waiting, "Key")
    type_in(agents_page, address, ("0" if key[0] != "0" else "1") + key[1:])
    expect(agents_page.get_by_text("The hub did not take the agent's keys")).to_be_visible()
    assert not enrolled(club)


def test_where_nobody_listens_the_page_says_so(agents_page: Page, club: Gym) -> None:
    agents_page.get_by_text("Its machine cannot reach this hub").click()
    with bound() as nobody:  # the port is ours, and nobody listens
        type_in(agents_page, f"http://127.0.0.1:{nobody.getsockname()[1]}", "7K2QM-0H5XN-T9B4C-W8D3E")
        expect(agents_page.get_by_text("This browser cannot reach an agent at")).to_be_visible()


def test_the_page_is_open_to_all(agents_page: Page) -> None:
    agents_page.get_by_role("button", name="Make a code").click()
    agents_page.get_by_text("Its machine cannot reach this hub").click()
    for width in (1280, 320):
        agents_page.set_viewport_size({"width": width, "height": 900})
        assert violations(agents_page) == []
        assert sideways(agents_page) == 0
