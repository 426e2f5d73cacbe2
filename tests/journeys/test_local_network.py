"""The page courier where the hub is public and the agent is in somebody's network: what the browser asks, and what it forbids."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from tests.factories import browsing
from tests.factories.networks import Network, Outside, embedding, network, outside
from tests.factories.page_clock import expect_said_within
from tests.factories.stack import LOCATIONS

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
    for number in range(3)
]
# Without a window chromium answers its own question with no; here it says what it says when a person closes it.
CLOSES = """window.closes = true;
const query = navigator.permissions.query.bind(navigator.permissions);
navigator.permissions.query = (what) => window.closes ? Promise.resolve({ state: "prompt" }) : query(what);"""
versions = itertools.count(1)
BLOCKED = ("address space", "ERR_FAILED")  # what the console says of a request that the browser stopped


@pytest.fixture(scope="module", params=["loopback", "local"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The agent beside the browser, and elsewhere in its network."""
    folder: Path = tmp_path_factory.mktemp("network")
    with network(folder, PEOPLE, space=request.param) as made:
        yield made


@pytest.fixture(scope="module")
def somewhere(browser: Browser, running: Network) -> Iterator[Outside]:
    with outside(browser, running) as made:
        yield made


@pytest.fixture
def open_outside(somewhere: Outside) -> Iterator[Open]:
    with browsing.Contexts(somewhere.browser) as contexts:
        yield contexts.open_page
    # Chromium says so of requests that it lets through because they stay in a private network.
    contexts.complaints = [text for text in contexts.complaints if not text.startswith("warning: Mixed Content")]
    assert not contexts.complaints, f"the browser complained: {contexts.complaints}"


def answered(somewhere: Outside, page: Page, origin: str, running: Network, state: str) -> None:
    somewhere.answers(page, origin, f"{running.space}-network", state)


def change(running: Network) -> str:
    """Somebody new, by a name that was never there."""
    name = f"New{next(versions)}"
    running.load([*PEOPLE, {"id": "900", "first_name": name, "last_name": "Jones", "groups": ["Members"]}])
    return f"{name} Jones"


def everywhere(running: Network, name: str) -> bool:
    return all(name in running.stack.people(terminal).values() for terminal in LOCATIONS)


def press(page: Page | FrameLocator | Frame) -> None:
    page.get_by_role("button", name="Sync", exact=True).click()


def all_right(page: Page | FrameLocator) -> None:
    expect(page.locator("#live")).to_contain_text("All 3 terminals are up to date.")


def asks_of_agent(page: Page, running: Network) -> list[str]:
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.url.startswith(running.agent) else None)
    return seen


def test_a_permission_that_was_given_is_used_without_a_word(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name, page = change(running), open_outside()
    answered(somewhere, page, running.hub, running, "granted")
    page.goto(running.link())
    press(page)
    all_right(page)
    assert everywhere(running, name)


@pytest.mark.requirement("M-07", mutation="start the courier at once where the permission is `prompt`")
def test_what_the_browser_will_ask_is_said_before_it_asks(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name, page = change(running), open_outside()
    asked = asks_of_agent(page, running)
    page.goto(running.link())
    press(page)
    expect(page.get_by_text("Your browser will ask whether this page may reach devices in your network")).to_be_visible()
    page.evaluate("fetch(location.href).then((answer) => answer.text())")  # anything asked before would be seen by now
    assert asked == []
    answered(somewhere, page, running.hub, running, "granted")  # what the person will answer
    page.get_by_role("button", name="Allow and go on").click()
    all_right(page)
    assert everywhere(running, name)
    expect(page.get_by_text("Your browser will ask")).to_be_hidden()


def test_a_question_that_was_closed_can_be_asked_again(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name, page = change(running), open_outside(allowed=BLOCKED)
    page.add_init_script(CLOSES)
    page.goto(running.link())
    press(page)
    page.get_by_role("button", name="Allow and go on").click()
    expect_said_within(5, page.get_by_text("The browser's question was closed without an answer"))
    answered(somewhere, page, running.hub, running, "granted")
    page.evaluate("window.closes = false")
    page.get_by_role("button", name="Ask again").click()
    all_right(page)
    assert everywhere(running, name)


@pytest.mark.requirement("A-06", mutation="take a denied permission for an agent out of reach")
def test_a_denied_permission_is_said_within_five_seconds(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name, page = change(running), open_outside(allowed=BLOCKED)
    answered(somewhere, page, running.hub, running, "denied")
    page.goto(running.link())
    press(page)
    expect_said_within(5, page.get_by_text("This browser was told not to let the page reach your network"))
    expect(page.get_by_role("button", name="Go by way of the agent").locator("visible=true")).to_have_count(1)
    expect(page.get_by_text("turn on its cloud courier").locator("visible=true")).to_have_count(1)
    answered(somewhere, page, running.hub, running, "granted")  # changed in the browser's settings, with the page open
    all_right(page)
    expect(page.get_by_text("This browser was told")).to_be_hidden()
    assert everywhere(running, name)


@pytest.mark.requirement("A-06", mutation="take a frame without `allow=` for a denied permission")
def test_a_frame_that_hands_nothing_on_is_told_apart(running: Network, open_outside: Open) -> None:
    change(running)
    frame, _page = framed(running, open_outside, allow="")
    press(frame)
    expect_said_within(5, frame.get_by_text("The program around this page keeps your network to itself"))
    expect(frame.get_by_role("button", name="Go by way of the agent").locator("visible=true")).to_have_count(1)


def test_in_a_frame_the_embedding_site_is_asked(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name = change(running)
    frame, page = framed(running, open_outside, allow="local-network; loopback-network")
    press(frame)
    expect(frame.get_by_text("Your browser will ask")).to_be_visible()
    answered(somewhere, page, running.desk, running, "denied")
    frame.get_by_role("button", name="Allow and go on").click()
    expect_said_within(5, frame.get_by_text("This browser was told not to let"))
    answered(somewhere, page, running.desk, running, "granted")
    all_right(frame)
    assert everywhere(running, name)


def framed(running: Network, open_outside: Open, *, allow: str) -> tuple[FrameLocator, Page]:
    page = open_outside(allowed=BLOCKED)
    running.pages["/"] = embedding(running.link(), allow=allow)
    page.goto(f"{running.desk}/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Syncing Gym as")).to_be_visible()
    return frame, page


@pytest.mark.requirement("A-06", mutation="tell no refused connection from a silent one")
def test_nobody_listening_is_said_within_five_seconds(running: Network, somewhere: Outside, open_outside: Open) -> None:
    name, page = change(running), open_outside(allowed=("ERR_CONNECTION_REFUSED", "ERR_FAILED"))
    answered(somewhere, page, running.hub, running, "granted")
    running.stack.end("agent")
    page.goto(running.link())
    press(page)
    expect_said_within(5, page.get_by_text("Nothing listens there."))
    running.stack.start_agent()
    all_right(page)
    assert everywhere(running, name)


def test_another_network_is_said_within_five_seconds(running: Network, somewhere: Outside, open_outside: Open) -> None:
    change(running)
    page = open_outside(allowed=("ERR_FAILED", "ERR_ABORTED"))
    answered(somewhere, page, running.hub, running, "granted")
    page.route(f"{running.agent}/**", lambda _route: None)  # packets that go nowhere
    page.goto(running.link())
    press(page)
    expect_said_within(5, page.get_by_text("this computer is probably in another network"))
    page.unroute_all(behavior="ignoreErrors")
    all_right(page)


def test_a_stranger_at_the_address_is_told_apart(running: Network, somewhere: Outside, open_outside: Open) -> None:
    change(running)
    page = open_outside(allowed=("CORS", "ERR_FAILED", "403"))
    answered(somewhere, page, running.hub, running, "granted")
    page.route(f"{running.agent}/**", lambda route: route.fulfill(status=403))  # a router's own web pages, or another hub's agent
    page.goto(running.link())
    press(page)
    expect_said_within(5, page.get_by_text("Something else than the agent “Agent” answers at"))
    page.unroute_all(behavior="ignoreErrors")
    all_right(page)


def test_a_browser_without_the_permission_says_that_it_mixes_nothing(running: Network, open_outside: Open) -> None:
    if running.space == "loopback":
        return  # only Safari forbids that, and it is told apart by its maker's name
    change(running)
    page = open_outside(allowed=BLOCKED)
    page.add_init_script("navigator.permissions.query = () => Promise.reject(new TypeError('unknown'))")
    page.goto(running.link())
    press(page)
    expect_said_within(5, page.get_by_text("This browser lets no secure page speak with the agent"))
    expect(page.get_by_role("button", name="Go by way of the agent").locator("visible=true")).to_have_count(1)
