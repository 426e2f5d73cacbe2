"""Company accounts in a real browser, at a provider by others: set up, signed in with, linked; and no secret left behind."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.providers import discovery
from doorsync.hub.settings.config import config
from tests.factories import browsing, live, sinks, world
from tests.factories.live import LiveHub
from tests.factories.openid_provider import CLIENT, SECRET, openid_provider
from tests.hub.web.company_accounts.conftest import ANSWER
from tests.journeys.test_accessibility import assert_good
from tests.journeys.test_sign_in_secrets import written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
ACCOUNTS: dict[str, dict[str, object]] = {
    "b-2001": {"email": "bob@gym.example", "email_verified": True},
    "a-2002": {"email": "alice@gym.example"},
}
__all__ = ["written"]


@pytest.fixture
def logged_hub(transactional_db: None, setting: Callable[..., None], written: io.StringIO) -> Iterator[LiveHub]:
    """A hub that may reach providers on this machine."""
    setting(PROVIDER_NETWORKS='["127.0.0.0/8"]')
    discovery.forget()
    with live.running() as hub:
        yield hub
        browsing.close_pages()
    discovery.forget()
    assert not hub.errors, f"errors inside the hub: {hub.errors}"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with openid_provider(config().origin + ANSWER, ACCOUNTS) as address:
        yield address


@pytest.fixture
def alice(logged_hub: LiveHub) -> Administrator:
    """The owner; bob is a manager."""
    company = world.company(slug="gym", name="Harbour Gym")
    world.administrator(company, username="bob", level="manager")
    return world.administrator(company)


@pytest.fixture
def open_quiet(open_page: Open) -> Open:
    """A page that loads nothing from elsewhere: the provider's own pages want a font of the internet."""

    def opened(**options: object) -> Page:
        page = open_page(allowed=("fonts.googleapis.com", "422", "/interaction/"), **options)
        page.context.route("**/fonts.googleapis.com/**", _without)
        return page

    return opened


def _without(route: Route) -> None:
    route.fulfill(status=200, content_type="text/css", body="")


def give_password(page: Page, name: str) -> None:
    page.get_by_label("Company").fill("gym")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("passwrod")
    page.get_by_role("button", name="Sign in").click()


def set_up(page: Page, hub: LiveHub, issuer: str) -> None:
    """As the owner does."""
    page.goto(f"{hub.url}/settings/")
    give_password(page, "username")
    page.get_by_role("link", name="Set up company accounts").click()
    expect(page.locator("#answer-address")).to_have_text(hub.url + ANSWER)
    page.get_by_label("Issuer address").fill(issuer)
    page.get_by_label("Client ID").fill(CLIENT)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Your data has been updated.")
    page.goto(f"{hub.url}/administrators/")
    page.get_by_role("link", name="bob", exact=True).click()
    page.get_by_role("link", name="Company account").click()
    page.get_by_label("Address of their company account").fill("bob@gym.example")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("bob can sign in with their company account now.")


def sign_in_at_provider(page: Page, login: str) -> None:
    """On the pages of the provider: name, any password, consent."""
    page.get_by_placeholder("Enter any login").fill(login)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("script", [True, False])
def test_administrator_signs_in_at_the_companys_provider(
    logged_hub: LiveHub, open_quiet: Open, alice: Administrator, issuer: str, written: io.StringIO, script: bool
) -> None:
    hub = logged_hub
    set_up(open_quiet(java_script_enabled=script), hub, issuer)
    page = open_quiet(java_script_enabled=script)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{hub.url}/people/?state=suspended")
    page.get_by_role("link", name="Sign in with your company account").click()
    page.get_by_label("Company").fill("gym")
    page.get_by_role("button", name="Go on to your company's sign-in").click()
    page.wait_for_url(f"{issuer}/interaction/**")
    sign_in_at_provider(page, "b-2001")
    expect(page).to_have_url(f"{hub.url}/people/?state=suspended")
    page.goto(f"{hub.url}/account/")
    expect(page.locator("main")).to_contain_text("your company account")
    came = next(address for address in addresses if ANSWER in address)
    code = came.split("code=")[1].split("&")[0]
    left = {
        "database": sinks.database(),
        "logs": written.getvalue().encode(),
        "cookies": json.dumps(page.context.cookies(hub.url)).encode(),
        "page": page.content().encode(),
    }
    assert sinks.leaks({"client secret": SECRET, "code": code}, left) == []
    assert b"Started server process" in left["logs"], "these really are the logs"


def test_answer_of_the_provider_is_not_in_the_history(
    logged_hub: LiveHub, open_quiet: Open, alice: Administrator, issuer: str
) -> None:
    hub = logged_hub
    set_up(open_quiet(), hub, issuer)
    page = open_quiet()
    page.goto(f"{hub.url}/sign-in/company/?company=gym")
    page.get_by_role("button", name="Go on to your company's sign-in").click()
    sign_in_at_provider(page, "a-2002")  # whom nobody expects
    expect(page).to_have_url(f"{hub.url}/sign-in/company/?refused=1")
    expect(page.locator("main")).to_contain_text("You cannot sign in with a company account like this.")
    page.go_back()
    assert "code=" not in page.url


def test_own_account_is_linked_and_opens_the_pages(
    logged_hub: LiveHub, open_quiet: Open, alice: Administrator, issuer: str
) -> None:
    hub = logged_hub
    page = open_quiet()
    set_up(page, hub, issuer)
    page.goto(f"{hub.url}/account/")
    page.get_by_role("link", name="Link your company account").click()
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Go on").click()
    sign_in_at_provider(page, "a-2002")
    expect(page).to_have_url(f"{hub.url}/account/")
    expect(page.locator("main")).to_contain_text("Linked since")


def test_pages_of_company_accounts_are_open_to_all(
    logged_hub: LiveHub, open_quiet: Open, alice: Administrator, issuer: str
) -> None:
    hub = logged_hub
    page = open_quiet()
    page.goto(f"{hub.url}/settings/company-accounts/")
    give_password(page, "username")
    assert_good(page)
    page.set_viewport_size({"width": 1280, "height": 1600})  # all of it in view, so that nothing scrolls under the bar
    page.get_by_label("Issuer address").fill("http://127.0.0.1:1")
    page.get_by_label("Client ID").fill(CLIENT)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("The provider did not answer.")
    assert_good(page)
    page.goto(f"{hub.url}/administrators/")
    page.get_by_role("link", name="bob", exact=True).click()
    page.get_by_role("link", name="Company account").click()
    assert_good(page)  # without a provider
    set_up(_again(page), hub, issuer)
    page.get_by_role("link", name="Company account").click()
    assert_good(page)
    page.get_by_role("link", name="Expect it no longer").click()
    assert_good(page)
    for address in (
        "/settings/company-accounts/",
        "/settings/company-accounts/remove/",
        "/account/",
        "/account/company-account/",
    ):
        page.goto(hub.url + address)
        assert_good(page)
    page.context.clear_cookies()
    for address in ("/sign-in/", "/sign-in/company/", "/sign-in/company/?refused=1"):
        page.goto(hub.url + address)
        assert_good(page)


def _again(page: Page) -> Page:
    """Signed in anew."""
    page.context.clear_cookies()
    return page
