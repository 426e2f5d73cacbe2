"""The page as courier, on the real programs: from the documentation's own sample to what is in the terminals' memories."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from doorsync.drivers.virtual import faults
from tests.factories.page_clock import expect_said_within
from tests.factories.stack import LOCATIONS, Stack, stack, until
from tests.factories.terminals import tell
from tests.factories.visitor import LINK
from tests.journeys.listening import heard, listen
from tests.journeys.looking import press_sync

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
versions = itertools.count(1)
REFUSED = "ERR_CONNECTION_REFUSED"  # what the browser's console says of an agent that is not there


def people(version: int) -> list[dict[str, Any]]:
    """Twelve people with a card and a PIN; with each version two go, two come and one is renamed."""
    return [
        {
            "id": str(number),
            "first_name": f"Person{number}",
            "last_name": f"v{version}" if number == 2 * version + 5 else "Smith",
            "groups": ["Members"],
            "cards": [f"{7_301_000_000 + number}"],
            "pin": f"{58_140_000 + number}",
        }
        for number in range(2 * version, 2 * version + 12)
    ]


def names(version: int) -> list[str]:
    return sorted(f"{person['first_name']} {person['last_name']}" for person in people(version))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("courier")
    with stack(folder, people(0), cloud=False) as made:
        made.start_agent()
        yield made


@pytest.fixture
def changed(running: Stack) -> Iterator[int]:
    """The version that the terminals should come to."""
    version = next(versions)
    running.load(people(version))
    yield version
    for name in LOCATIONS:
        tell(running.memory_folder(name), gone=False)
        faults.clear(running.memory_folder(name))


def arrive(page: Page, running: Stack) -> None:
    page.goto(running.url + LINK + running.token())
    page.wait_for_url("**/sync/?s=*")


def press(page: Page) -> None:
    press_sync(page)
    page.wait_for_url("**/sync/runs/*/**")


def all_right(page: Page | FrameLocator) -> None:
    expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")


def held(running: Stack) -> dict[str, list[str]]:
    return {name: sorted(running.people(name).values()) for name in LOCATIONS}


def everywhere(version: int) -> dict[str, list[str]]:
    return dict.fromkeys(LOCATIONS, names(version))


@pytest.mark.requirement("M-06", mutation="leave the receipts on the page; or start from an empty choice")
@pytest.mark.requirement("M-07", mutation="ask the agent without X-Doorsync")
def test_sample_link_and_sync_fill_the_terminals(running: Stack, changed: int, page: Page) -> None:
    arrive(page, running)
    for place in ("North", "South"):
        expect(page.get_by_label(place)).to_be_checked()
    expect(page.get_by_text("Your saved filter")).to_be_visible()
    press(page)
    all_right(page)
    assert held(running) == everywhere(changed)
    page.get_by_role("link", name="Back to the plan").click()
    expect(page.get_by_text("Nothing is waiting: everything sent before is confirmed.")).to_be_visible()


@pytest.mark.requirement("M-06", mutation="leave the Sync button out of the order of tabs")
def test_keyboard_alone_gets_everywhere(running: Stack, changed: int, page: Page) -> None:
    arrive(page, running)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "sync-button":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/sync/runs/*/**")
    all_right(page)
    assert held(running) == everywhere(changed)


def test_milestones_are_said_and_nothing_else(running: Stack, changed: int, open_page: Open) -> None:
    faults.tell(running.memory_folder("Gate"), delay=0.1)
    page = open_page()
    listen(page)
    arrive(page, running)
    press(page)
    all_right(page)
    until(lambda: heard(page)[-1:] == ["All 3 terminals are up to date."], "the end being said")
    said = heard(page)
    assert said[0] == "The run has started."
    assert 2 <= len(said) <= 5, said


def test_terminal_that_is_off_holds_nobody_up_and_can_be_retried(running: Stack, changed: int, page: Page) -> None:
    tell(running.memory_folder("Pool"), gone=True)
    arrive(page, running)
    press(page)
    line = page.locator("[data-run-terminal]", has_text="Pool")
    for name in ("Gate", "Office"):
        expect(page.locator("[data-run-terminal]", has_text=name)).to_contain_text("up to date")
    running.let_the_minute_pass()
    expect(page.locator("#live")).to_contain_text("2 of 3 terminals are up to date; Pool did not answer.")
    expect(line).to_contain_text("not reached")
    assert held(running) == {**everywhere(changed), "Pool": held(running)["Pool"]}
    assert held(running)["Pool"] != names(changed)
    tell(running.memory_folder("Pool"), gone=False)
    page.get_by_role("button", name="Retry the failed ones").click()
    all_right(page)
    assert held(running) == everywhere(changed)


@pytest.mark.requirement("A-06", mutation="say nothing when the agent refuses the connection")
def test_agent_out_of_reach_is_said_within_five_seconds(running: Stack, changed: int, open_page: Open) -> None:
    page = open_page(allowed=(REFUSED,))
    running.end("agent")
    arrive(page, running)
    press(page)
    expect_said_within(5, page.get_by_text("This browser cannot reach the agent “Agent” at http://127.0.0.1:"))
    expect(page.get_by_text("Is the agent's program running?")).to_be_visible()
    expect(page.locator("[data-run-terminal]").first).to_contain_text("waiting for a connection")
    running.start_agent()
    all_right(page)
    expect(page.get_by_text("This browser cannot reach")).to_be_hidden()
    assert held(running) == everywhere(changed)


@pytest.mark.requirement("A-06", mutation="wait 30 s for the agent's hello")
def test_agent_that_never_answers_is_said_within_five_seconds(running: Stack, changed: int, open_page: Open) -> None:
    page = open_page(allowed=("ERR_ABORTED", "ERR_FAILED"))
    page.route("**/hello", lambda route: None if "courier" not in route.request.url else route.continue_())
    arrive(page, running)
    press(page)
    expect_said_within(5, page.get_by_text("This browser cannot reach the agent"))
    page.unroute_all(behavior="ignoreErrors")
    all_right(page)


def test_another_agent_at_the_address_is_told_apart(running: Stack, changed: int, open_page: Open) -> None:
    page = open_page(allowed=("409",))

    def stranger(route: Any) -> None:
        headers = {"Access-Control-Allow-Origin": running.url, "Content-Type": "application/json"}
        route.fulfill(status=200, headers=headers, body=json.dumps({"hello": "e30.e30.e30"}))

    page.route("**/hello", lambda route: stranger(route) if "courier" not in route.request.url else route.continue_())
    arrive(page, running)
    press(page)
    expect_said_within(5, page.get_by_text("Something else than the agent “Agent” answers at"))
    page.unroute_all()
    all_right(page)
    expect(page.get_by_text("Something else than")).to_be_hidden()


@pytest.mark.requirement("A-04", mutation="call a line done when its batch is issued")
def test_run_goes_on_from_another_computer_when_the_tab_is_closed(running: Stack, changed: int, open_page: Open) -> None:
    for name in LOCATIONS:
        faults.tell(running.memory_folder(name), delay=0.4)
    first = open_page()
    arrive(first, running)
    press(first)
    expect(first.locator("[data-run-terminal]", has_text="syncing").first).to_be_visible()
    first.close()
    for name in LOCATIONS:
        faults.clear(running.memory_folder(name))
    second = open_page()
    arrive(second, running)
    expect(second.locator(".recent li").first).to_contain_text("under way")
    second.locator(".recent a").first.click()
    all_right(second)
    assert held(running) == everywhere(changed)


def test_two_tabs_share_the_work(running: Stack, changed: int, open_page: Open) -> None:
    for name in LOCATIONS:
        faults.tell(running.memory_folder(name), delay=0.2)
    one, other = (open_page(allowed=("409",)) for _ in range(2))  # what both brought is taken from one of them
    for page in (one, other):
        arrive(page, running)
    press(one)
    press(other)
    for page in (one, other):
        all_right(page)
    assert one.url.split("?")[0] == other.url.split("?")[0]
    assert held(running) == everywhere(changed)


def test_page_steps_back_where_the_agent_dials_out_itself(running: Stack, changed: int, open_page: Open) -> None:
    for name in LOCATIONS:
        faults.tell(running.memory_folder(name), delay=0.2)
    running.end("agent")
    running.start_agent(DOORSYNC_AGENT_CLOUD="true")
    page = open_page(allowed=("409",))
    greetings: list[str] = []
    page.on("request", lambda request: greetings.append(request.url) if request.url.endswith("/courier/hello") else None)
    arrive(page, running)
    press(page)
    all_right(page)
    assert held(running) == everywhere(changed)
    assert len(greetings) <= 3, "the two keep taking the agent from each other"
    running.end("agent")
    running.start_agent()


class Parent(BaseHTTPRequestHandler):
    """A page of a third party that embeds the sync page, and keeps what it is told."""

    link = ""

    def do_GET(self) -> None:
        body = f"""<!doctype html><title>Front desk</title><iframe src="{self.link}" width="400" height="700"></iframe><script>
            window.told = [];
            addEventListener("message", (event) => told.push([event.origin, event.data]));</script>"""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def desk() -> Iterator[str]:
    """The third party's origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Parent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def register(running: Stack, version: int, **more: Any) -> None:
    """Load the company again with these settings of its own."""
    content = running._company(people(version))
    content["company"] |= more
    file = running.folder / "registered.yaml"
    file.write_text(json.dumps(content))
    running.run(["company", "load", str(file), "--yes", "--password-stdin"], "passwrod\n")


def test_container_hears_how_the_run_went(running: Stack, changed: int, open_page: Open, desk: str) -> None:
    register(running, changed, frame_origins=[desk])
    Parent.link = running.url + LINK + running.token()
    page = open_page(allowed=("favicon",))
    page.goto(desk)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Syncing Gym as")).to_be_visible()
    press_sync(frame)
    all_right(frame)
    until(lambda: page.evaluate("told.at(-1)?.[1].state") == "done", "the container being told")
    told = page.evaluate("told")
    assert {origin for origin, _ in told} == {running.url}
    assert told[0][1]["state"] == "running"
    last = told[-1][1]
    assert last == {
        "type": "doorsync.run",
        "run": last["run"],
        "state": "done",
        "sentence": "All 3 terminals are up to date.",
        "upToDate": 3,
        "terminals": 3,
        "waiting": 0,
        "refused": 0,
    }
    assert held(running) == everywhere(changed)


def test_container_that_is_not_registered_shows_and_hears_nothing(
    running: Stack, changed: int, open_page: Open, desk: str
) -> None:
    register(running, changed, frame_origins=["https://elsewhere.example"])
    Parent.link = running.url + LINK + running.token()
    page = open_page(allowed=("favicon", "frame-ancestors"))
    page.goto(desk)
    expect(page.frame_locator("iframe").get_by_text("Syncing Gym as")).to_have_count(0)
    assert page.evaluate("told") == []
