"""The whole flow in a frame of a third party, as browsers make it today: https, another site, third-party cookies blocked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import browsing
from tests.factories.networks import Network, Outside, cookies, embedding, network, outside
from tests.factories.page_clock import expect_said_within
from tests.factories.stack import LOCATIONS, until
from tests.journeys.looking import violations

pytestmark = pytest.mark.browser
HANDED_ON = "local-network; loopback-network; local-network-access"
# Frames of other sites keep no cookies but partitioned ones, and no storage: what Safari, Incognito and careful people have.
BLOCKING = ["--test-third-party-cookie-phaseout"]
PEOPLE = [
    {"id": str(number), "first_name": f"Person{number}", "last_name": "Smith", "groups": ["Members"]} for number in range(4)
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder: Path = tmp_path_factory.mktemp("framing")
    with network(folder, PEOPLE, space="loopback") as made:
        yield made


@pytest.fixture(scope="module")
def somewhere(browser: Browser, running: Network) -> Iterator[Outside]:
    with outside(browser, running, *BLOCKING) as made:
        yield made


@pytest.fixture
def contexts(somewhere: Outside) -> Iterator[browsing.Contexts]:
    with browsing.Contexts(somewhere.browser) as made:
        yield made
    assert not made.complaints, f"the browser complained: {made.complaints}"


def people(of: Network, name: str) -> None:
    of.load([*PEOPLE, {"id": "77", "first_name": name, "last_name": "Jones", "groups": ["Members"]}])


def there(of: Network, name: str) -> bool:
    return all(f"{name} Jones" in of.stack.people(terminal).values() for terminal in LOCATIONS)


def embed(page: Page, running: Network, origin: str) -> None:
    running.pages["/"] = embedding(running.link(), allow=HANDED_ON)
    page.goto(f"{origin}/")


@pytest.mark.requirement("T-12", mutation="set the session's cookie without Partitioned, or with SameSite=Lax")
@pytest.mark.requirement("M-08", mutation="answer `frame-ancestors 'none'` to the registered parent")
def test_whole_flow_in_a_frame_of_another_site(running: Network, somewhere: Outside, contexts: browsing.Contexts) -> None:
    people(running, "Ann")
    page = contexts.open_page(allowed=("Third-party cookie", "third-party cookie"))
    somewhere.answers(page, running.desk, "loopback-network", "granted")
    embed(page, running, running.desk)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Syncing Gym as")).to_be_visible()
    frame.get_by_role("button", name="Sync", exact=True).click()
    expect(frame.locator("#live")).to_contain_text("All 3 terminals are up to date.")
    assert there(running, "Ann")
    until(lambda: page.evaluate("told.at(-1)?.[1].state") == "done", "the desk being told")
    told = page.evaluate("told")
    assert {origin for origin, _ in told} == {running.hub}
    assert told[-1][1]["sentence"] == "All 3 terminals are up to date."
    session = [each for each in cookies(page.context, page) if each["name"].startswith("__Host-sync-")]
    assert len(session) == 1
    assert (session[0]["secure"], session[0]["httpOnly"], session[0]["sameSite"]) == (True, True, "None")
    assert session[0]["partitionKey"]["topLevelSite"] == "https://example.test"
    assert session[0]["partitionKey"]["hasCrossSiteAncestor"]


@pytest.mark.parametrize("way", ["ended", "signed out"])
def test_frame_whose_session_is_over_leads_back_to_the_program(running: Network, contexts: browsing.Contexts, way: str) -> None:
    page = contexts.open_page(allowed=("Third-party cookie", "third-party cookie", "403"))
    people(running, "Eve")
    link = running.link()
    running.pages["/"] = embedding(link, allow=HANDED_ON)
    page.goto(f"{running.desk}/")
    frame = page.frame_locator("iframe")
    if way == "ended":
        expect(frame.get_by_text("Syncing Gym as")).to_be_visible()
        other = contexts.open_page(allowed=("410",))
        with other.expect_response(lambda answer: answer.request.method == "POST"):
            other.goto(link)
    frame.get_by_role("button", name="Sign out" if way == "signed out" else "Sync", exact=True).click()
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "You are signed out" if way == "signed out" else "Your session has ended"
    )
    expect(frame.get_by_text("Open the sync page again from the program that you came from.")).to_be_visible()
    expect(frame.get_by_role("link", name="Sign in")).to_have_count(0)


def test_browser_of_this_test_blocks_third_party_cookies(running: Network, contexts: browsing.Contexts) -> None:
    page = contexts.open_page(allowed=("ookie",))
    plain, apart = "plain=1; Secure; SameSite=None", "__Host-apart=1; Secure; Path=/; SameSite=None; Partitioned"
    running.pages["/probe"] = f"<script>document.cookie = '{plain}'; document.cookie = '{apart}'</script>"
    running.pages["/around"] = f'<link rel="icon" href="data:,"><iframe src="{running.foreign}/probe"></iframe>'
    page.goto(f"{running.stranger}/around")
    page.frames[-1].wait_for_load_state()
    assert page.frames[-1].evaluate("document.cookie") == "__Host-apart=1"


@pytest.mark.requirement("M-08", mutation="let any parent frame the page")
def test_parent_that_is_not_registered_shows_and_hears_nothing(running: Network, contexts: browsing.Contexts) -> None:
    page = contexts.open_page(allowed=("frame-ancestors",))
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        embed(page, running, running.stranger)
    expect(page.frame_locator("iframe").get_by_text("Syncing Gym as")).to_have_count(0)
    assert page.evaluate("told") == []


def test_frame_without_permission_goes_by_way_of_the_agent_in_a_new_window(running: Network, contexts: browsing.Contexts) -> None:
    people(running, "Bob")
    page = contexts.open_page(allowed=("address space", "ERR_FAILED", "ookie"))
    running.pages["/"] = embedding(running.link())
    page.goto(f"{running.desk}/")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Sync", exact=True).click()
    expect_said_within(5, frame.get_by_text("The program around this page keeps your network to itself"))
    with page.context.expect_page() as opened:
        frame.get_by_role("button", name="Go by way of the agent").locator("visible=true").click()
    opened.value.wait_for_url(f"{running.agent}/courier**")
    expect(opened.value.get_by_text("Everything is carried. You can close this window")).to_be_visible()
    assert violations(opened.value) == []
    expect(frame.locator("#live")).to_contain_text("All 3 terminals are up to date.")
    assert there(running, "Bob")
