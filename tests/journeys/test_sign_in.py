"""Signing in over a link and by password, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import Page, Request, expect

from doorsync.hub.administrators.models import Administrator, Session, SyncToken
from doorsync.hub.audit.models import Entry
from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.visitor import LINK, token_for

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.factories.open_pages"), pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
SYNC = "**/sync/?s=*"


@pytest.fixture
def alice(hub: LiveHub) -> Administrator:
    return world.administrator(world.company(slug="alice-gym", name="Alice's Gym"), username="alice")


@pytest.fixture
def bob(hub: LiveHub) -> Administrator:
    return world.administrator(world.other_company(slug="bob-hotel"), username="bob")


def sent_by(page: Page) -> list[Request]:
    """All requests of the page, from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - playwright cannot mark a built-in method
    return sent


def history(page: Page) -> list[str]:
    found = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    return [entry["url"] for entry in found["entries"]]


@pytest.mark.requirement("M-05", mutation="no script on the landing page")
def test_a_link_signs_in_by_itself(hub: LiveHub, page: Page, alice: Administrator) -> None:
    page.goto(hub.url + LINK + token_for(alice))
    page.wait_for_url(SYNC)
    expect(page.locator("body")).to_contain_text("sync alice-gym alice")


@pytest.mark.requirement("T-08", mutation="Referrer-Policy unsafe-url")
def test_no_token_and_no_handle_stays_in_the_browser(hub: LiveHub, page: Page, alice: Administrator) -> None:
    sent, token = sent_by(page), token_for(alice)
    page.goto("about:blank")
    page.goto(hub.url + LINK + token)
    page.wait_for_url(SYNC)
    landing = next(request.url for request in sent if "/sync/start/" in request.url)
    page.evaluate("fetch('/sync/')")
    kept = [page.url, page.evaluate("document.referrer"), *history(page)]
    told = [request.all_headers().get("referer", "") for request in sent]
    assert not [text for text in kept + told if token in text or landing.rsplit("/", 1)[1] in text]
    assert any(told)
    assert page.evaluate("history.length") == len(history(page)) == 2  # "back" leads out, not round in a circle


def test_a_link_that_is_loaded_twice_leads_to_one_session(hub: LiveHub, page: Page, alice: Administrator) -> None:
    link = hub.url + LINK + token_for(alice)
    page.goto(link)
    page.wait_for_url(SYNC)
    first = page.url
    page.goto(link)
    page.wait_for_url(SYNC)
    assert page.url == first
    with scopes_disabled():
        assert Session.objects.count() == 1


@pytest.mark.requirement("T-05", mutation="no cookie from the landing page")
def test_a_web_view_that_starts_over_in_the_middle_still_gets_in(hub: LiveHub, page: Page, alice: Administrator) -> None:
    link = hub.url + LINK + token_for(alice)
    lost: list[str] = []

    def lose_first_answer(route: object) -> None:
        request = route.request  # type: ignore[attr-defined]  # playwright's Route
        if request.method == "POST" and not lost:
            lost.append(request.url)
            route.fetch(max_redirects=0)  # type: ignore[attr-defined]  # the hub answers, the browser never hears it
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.context.route("**/sync/start/**", lose_first_answer)
    page.goto(link)
    page.wait_for_event("requestfailed", predicate=lambda request: request.method == "POST") if not lost else None
    page.context.clear_cookies(name=re.compile("^sync-"))  # playwright itself did hear it
    page.goto(link)
    page.wait_for_url(SYNC)
    with scopes_disabled():
        assert Session.objects.count() == 1


@pytest.mark.requirement("T-05", mutation="no script on the page of a refused link")
def test_a_used_link_in_another_browser_ends_the_session(hub: LiveHub, open_page: Open, alice: Administrator) -> None:
    link = hub.url + LINK + token_for(alice)
    first, other = open_page(allowed=("403",)), open_page(allowed=("410",))
    first.goto(link)
    first.wait_for_url(SYNC)
    with other.expect_response(lambda answer: answer.request.method == "POST") as reported:
        other.goto(link)
    assert reported.value.status == 410
    expect(other.get_by_role("heading", level=1)).to_have_text("This link does not work")
    assert other.url == f"{hub.url}/sync/start/"
    first.reload()
    expect(first.get_by_role("heading", level=1)).to_have_text("Your session has ended")
    expect(first.locator("main")).to_contain_text("Your sign-in link was opened a second time, in another browser.")
    expect(first.locator("main")).not_to_contain_text("15 minutes")
    expect(first.get_by_role("link", name="Sign in with your name and password")).to_have_count(1)
    with scopes_disabled():
        assert Entry.objects.filter(event="token.replayed").count() == 1


@pytest.mark.parametrize("kind", ["wrong", "expired"])
def test_a_link_that_does_not_work_says_what_to_do(hub: LiveHub, open_page: Open, alice: Administrator, kind: str) -> None:
    token = token_for(alice)
    if kind == "expired":
        with scopes_disabled():
            row = SyncToken.objects.get()
            SyncToken.objects.update(expires_at=row.issued_at)
    page = open_page(allowed=("410",))
    page.goto(hub.url + LINK + (token if kind == "expired" else "0" * 128))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    page.get_by_role("link", name="Sign in with your name and password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_scanner_that_runs_scripts_is_said_to_the_person_who_comes_second(
    hub: LiveHub, open_page: Open, alice: Administrator
) -> None:
    link = hub.url + LINK + token_for(alice)
    scanner, person = open_page(), open_page(allowed=("410",))
    scanner.goto(link)
    scanner.wait_for_url(SYNC)
    person.goto(link)
    expect(person.locator("main")).to_contain_text("something may have opened it before you")
    expect(person.locator("main")).to_contain_text("it gives you a new link")


def test_a_link_works_without_script(hub: LiveHub, open_page: Open, alice: Administrator) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(hub.url + LINK + token_for(alice))
    expect(page.locator("main")).to_contain_text("Alice's Gym")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(SYNC)


@pytest.mark.requirement("T-10", mutation="the same cookie name for all sync sessions")
def test_two_companies_in_two_tabs(hub: LiveHub, page: Page, alice: Administrator, bob: Administrator) -> None:
    second = page.context.new_page()
    for tab, one in ((page, alice), (second, bob)):
        tab.goto(hub.url + LINK + token_for(one))
        tab.wait_for_url(SYNC)
    page.reload()
    expect(page.locator("body")).to_contain_text("sync alice-gym alice [alice]")
    second.reload()
    expect(second.locator("body")).to_contain_text("sync bob-hotel bob [bob]")


def test_a_link_leaves_the_ordinary_sign_in_of_another_alone(
    hub: LiveHub, page: Page, alice: Administrator, bob: Administrator
) -> None:
    page.goto(hub.url)
    page.get_by_label("Company").fill("alice-gym")
    page.get_by_label("Name", exact=True).fill("alice")
    page.get_by_label("Password").fill("passwrod")
    page.keyboard.press("Enter")
    page.wait_for_url(SYNC)
    tab = page.context.new_page()
    tab.goto(hub.url + LINK + token_for(bob))
    tab.wait_for_url(SYNC)
    expect(tab.locator("body")).to_contain_text("sync bob-hotel bob")
    page.reload()
    expect(page.locator("body")).to_contain_text("full alice-gym alice")


def test_sign_in_by_keyboard_alone(hub: LiveHub, open_page: Open, alice: Administrator) -> None:
    page = open_page(allowed=("422",))
    page.goto(f"{hub.url}/sign-in/")
    page.keyboard.press("Tab")  # past "Skip to the content"
    for text in ("alice-gym", "alice", "wrong one"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert page.get_by_label("Name", exact=True).input_value() == "alice"
    assert page.get_by_label("Password").input_value() == ""
    page.get_by_label("Password").focus()
    page.keyboard.type("passwrod")
    page.keyboard.press("Enter")
    page.wait_for_url(SYNC)


class _Evil(BaseHTTPRequestHandler):
    """A page of another site that posts, by itself, wherever its query says."""

    def do_GET(self) -> None:
        body = b"<form method=post></form><script>let f=document.forms[0];f.action=location.search.slice(1);f.submit()</script>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def evil() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.requirement("T-13", mutation="no check of Origin on the landing POST and in the gate")
def test_a_form_of_another_site_changes_nothing(hub: LiveHub, open_page: Open, alice: Administrator, evil: str) -> None:
    page = open_page(allowed=("403", "404"))
    handle = hub.url + page.request.get(hub.url + LINK + token_for(alice), max_redirects=0).headers["location"]
    for address in (handle, f"{hub.url}/sign-in/", f"{hub.url}/sync/"):
        with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
            page.goto(f"{evil}?{address}")
        assert refused.value.status == 403, address
        page.wait_for_load_state("networkidle")  # a static file that is cut off stays open until it is collected
    with scopes_disabled():
        assert Session.objects.count() == 0
