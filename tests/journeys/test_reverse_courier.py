"""The reverse courier: where the page may not reach the agent, a page that the agent serves carries instead, and leads back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import browsing
from tests.factories.networks import Network, Outside, network, outside
from tests.factories.page_clock import expect_said_within
from tests.factories.stack import LOCATIONS
from tests.journeys.looking import sideways, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PEOPLE = [
    {
        "id": str(number),
        "first_name": f"Person{number}",
        "last_name": "Smith",
        "groups": ["Members"],
        "pin": f"{58_140_000 + number}",
    }
    for number in range(4)
]
BLOCKED = ("address space", "ERR_FAILED")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder: Path = tmp_path_factory.mktemp("reverse")
    with network(folder, PEOPLE, space="local") as made:
        yield made


@pytest.fixture(scope="module")
def somewhere(browser: Browser, running: Network) -> Iterator[Outside]:
    with outside(browser, running) as made:
        yield made


@pytest.fixture
def open_outside(somewhere: Outside) -> Iterator[Open]:
    with browsing.Contexts(somewhere.browser) as contexts:
        yield contexts.open_page
    assert not contexts.complaints, f"the browser complained: {contexts.complaints}"


def blocked(running: Network, somewhere: Outside, open_outside: Open, name: str) -> Page:
    """On the page of a run that must bring somebody new, in a browser whose person said no."""
    running.load([*PEOPLE, {"id": "78", "first_name": name, "last_name": "Jones", "groups": ["Members"]}])
    page = open_outside(allowed=(*BLOCKED, "Mixed Content"))
    somewhere.answers(page, running.hub, "local-network", "denied")
    page.goto(running.link())
    page.get_by_role("button", name="Sync", exact=True).click()
    expect_said_within(5, page.get_by_text("This browser was told not to let the page reach your network"))
    return page


def address(page: Page) -> str:
    """Of the agent's page, as the button gets it."""
    fetched: dict[str, str] = page.evaluate(
        """async () => { const form = document.querySelector("[data-detour]");
        return (await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })).json() }"""
    )
    return fetched["address"]


def test_one_click_leads_to_the_agent_and_back_with_everything_carried(
    running: Network, somewhere: Outside, open_outside: Open
) -> None:
    page = blocked(running, somewhere, open_outside, "Ann")
    run = page.url
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("framenavigated", lambda frame: seen.append(f"at {frame.url}"))
    page.get_by_role("button", name="Go by way of the agent").locator("visible=true").click()
    page.wait_for_url(run)
    expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")
    assert all("Ann Jones" in running.stack.people(name).values() for name in LOCATIONS)
    assert f"at {running.agent}/courier" in seen  # the handle is out of the address again
    assert f"{running.agent}/batch" in seen
    assert f"{running.hub}/courier/receipt" in seen
    assert not [url for url in seen if "handle=" in url and not url.startswith("at ") and "#" not in url]


def test_agents_page_speaks_plainly_without_a_job_and_with_one_that_is_over(running: Network, open_outside: Open) -> None:
    page = open_outside(allowed=("403",))
    page.goto(f"{running.agent}/courier")
    expect(page.get_by_text("This page needs a job from Doorsync.")).to_be_visible()
    job = {"hub": running.hub, "agent": "x", "handle": "old", "back": "/sync/"}
    page.goto("about:blank")
    page.goto(f"{running.agent}/courier#{urlencode({**job, 'hub': 'https://evil.example'})}")
    expect(page.get_by_text("This page needs a job from Doorsync.")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 600})
    assert sideways(page) == 0


@pytest.fixture
def job(running: Network, somewhere: Outside, open_outside: Open) -> dict[str, str]:
    page = blocked(running, somewhere, open_outside, "Bob")
    found = parse_qs(urlsplit(address(page)).fragment)
    page.close()
    return {name: found[name][0] for name in ("agent", "handle")}


def ask(running: Network, name: str, body: dict[str, Any], origin: str | None, method: str = "POST") -> httpx2.Response:
    headers = {"Host": urlsplit(running.hub).netloc, **({"Origin": origin} if origin else {})}
    address = f"https://127.0.0.1:{running.ports['hub']}/courier/{name}"
    return httpx2.request(method, address, json=body, headers=headers, verify=False)


def test_handle_opens_the_courier_for_its_agents_origin_and_nothing_else(running: Network, job: dict[str, str]) -> None:
    said = {**job, "nonce": "0" * 32}
    good = ask(running, "next", said, running.agent)
    assert good.status_code == 200
    assert good.headers["access-control-allow-origin"] == running.agent
    assert "access-control-allow-credentials" not in good.headers
    for origin in ("https://evil.example", running.agent.replace("http:", "https:"), "null", running.agent + "0"):
        answer = ask(running, "next", said, origin)
        assert (answer.status_code, answer.json()) == (403, {"error": "handle-over"})
    for changed in ({"handle": job["handle"][:-1] + "x"}, {"handle": ""}):
        assert ask(running, "next", {**said, **changed}, running.agent).status_code == 403
    unhandled = ask(running, "next", {"agent": job["agent"], "nonce": ""}, running.agent)
    assert (unhandled.status_code, unhandled.json()) == (403, {"error": "foreign-origin"})
    assert "access-control-allow-origin" not in unhandled.headers
    assert ask(running, "next", {**said, "agent": "other"}, running.agent).status_code == 403
    for closed in ("enrol", "reached"):
        assert ask(running, closed, {**job, "enrolment": "x", "rotation": "x"}, running.agent).json() == {
            "error": "foreign-origin"
        }


def test_preflight_tells_nobody_where_agents_are(running: Network) -> None:
    answers = [ask(running, "hello", {}, origin, "OPTIONS") for origin in (running.agent, "http://192.168.0.9:1")]
    for answer, origin in zip(answers, (running.agent, "http://192.168.0.9:1"), strict=True):
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == origin
    assert ask(running, "enrol", {}, running.agent, "OPTIONS").status_code == 405


def test_page_of_the_agent_is_static_and_locked(running: Network) -> None:
    base = f"http://127.0.0.1:{running.agent_port}"
    count = running.stack.folder / "agent/hello-count"
    before = count.read_text() if count.exists() else ""
    page = httpx2.get(f"{base}/courier")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert f"connect-src 'self' {running.stack.url}" in policy or running.hub in policy
    assert "evil" not in policy
    for path in re.findall(r'(?:src|href)="(courier/[^"]+)"', page.text):
        assert httpx2.get(f"{base}/{path}").status_code == 200
    assert httpx2.get(f"{base}/courier", headers={"Host": "evil.example"}).status_code == 405
    assert (count.read_text() if count.exists() else "") == before
    assert json.dumps(dict(page.headers)).count("set-cookie") == 0
