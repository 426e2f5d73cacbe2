"""Passkeys in a real browser, with its own virtual authenticator; and what is said without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import change_company
from tests.factories import soap, world
from tests.factories.live import LiveHub
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import LINK
from tests.factories.world import SAMPLE_CODE
from tests.journeys.test_accessibility import assert_good

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]
PLATFORM = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


@pytest.fixture
def alice(hub: LiveHub) -> Administrator:
    return world.administrator(world.company(slug="alice-gym", name="Alice's Gym", code=SAMPLE_CODE))


@pytest.fixture
def address(hub: LiveHub) -> str:
    """Browsers allow passkeys under names only."""
    return hub.url.replace("127.0.0.1", "localhost")


class Authenticator:
    """The virtual authenticator of one page."""

    def __init__(self, page: Page, *, verified: bool = True) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {**PLATFORM, "isUserVerified": verified, "automaticPresenceSimulation": True}
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        return found

    def take(self, credential: dict[str, Any]) -> None:
        """Hold this passkey too, as a copy of the device would."""
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verify_nobody(self) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def give_password(page: Page) -> None:
    page.get_by_label("Company").fill("alice-gym")
    page.get_by_label("Name").fill("username")
    page.get_by_label("Password").fill("passwrod")
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, name: str = "Blue phone") -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey was added.")


def test_passkey_is_added_used_renamed_and_removed(open_page: Open, address: str, alice: Administrator) -> None:
    page = open_page(allowed=("422",))
    device = Authenticator(page)
    page.goto(f"{address}/account/")
    give_password(page)
    add_passkey(page)
    [made] = device.credentials()
    assert made["isResidentCredential"]
    expect(page.get_by_role("row", name="Blue phone")).to_contain_text("not yet")

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/people/?state=suspended")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{address}/people/?state=suspended")
    page.goto(f"{address}/account/")
    expect(page.get_by_role("row", name="Blue phone")).not_to_contain_text("not yet")
    expect(page.get_by_role("row", name="this one")).to_contain_text("a passkey")

    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name of the passkey").fill("Old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Old phone").click()
    page.get_by_label("Present password").fill("wrong")
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("main")).to_contain_text("That is not your present password.")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey was removed.")
    expect(page.locator("main")).not_to_contain_text("Old phone")

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").first).to_contain_text("That passkey was not accepted.")


def test_passkey_takes_the_place_of_password_and_code(open_page: Open, address: str, alice: Administrator) -> None:
    page = open_page()
    Authenticator(page)
    page.goto(f"{address}/account/")
    give_password(page)
    app, codes = with_app(alice)
    page.goto(f"{address}/account/")
    give_password(page)
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the passkey").fill("phone")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/sync/?s=*")


def test_copied_passkey_and_one_without_a_verified_user_are_refused(open_page: Open, address: str, alice: Administrator) -> None:
    page, other = open_page(), open_page(allowed=("422",))
    device, copy = Authenticator(page), Authenticator(other)
    page.goto(f"{address}/account/")
    give_password(page)
    add_passkey(page)
    [made] = device.credentials()
    copy.take(made)
    for _ in range(2):
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{address}/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    other.goto(f"{address}/sign-in/")
    other.get_by_role("button", name="Sign in with a passkey").click()
    expect(other.get_by_role("alert").first).to_contain_text("That passkey was not accepted.")

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/sign-in/")
    device.verify_nobody()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()


def test_device_with_a_passkey_makes_no_second_one(open_page: Open, address: str, alice: Administrator) -> None:
    page = open_page()
    Authenticator(page)
    page.goto(f"{address}/account/")
    give_password(page)
    add_passkey(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    page.get_by_label("Name of the passkey").fill("Again")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("This device has a passkey for you already.")).to_be_visible()


def test_pages_say_what_passkeys_need(hub: LiveHub, open_page: Open, address: str, alice: Administrator) -> None:
    page = open_page(java_script_enabled=False, allowed=("422",))
    page.goto(f"{address}/account/")
    expect(page.locator("noscript p", has_text="Signing in with a passkey needs JavaScript.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    give_password(page)
    expect(page.locator("noscript p", has_text="Removing one does not.")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("noscript p", has_text="This needs a browser with JavaScript.")).to_be_visible()
    page.get_by_label("Name of the passkey").fill("phone")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert").first).to_contain_text("The browser made no passkey")

    numbered = open_page()
    numbered.goto(f"{hub.url}/account/")
    expect(numbered.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    give_password(numbered)
    numbered.get_by_role("link", name="Add a passkey").click()
    numbered.get_by_label("Present password").fill("passwrod")
    numbered.get_by_role("button", name="Go on").click()
    expect(numbered.get_by_text(f"Passkeys work at {address} only.")).to_be_visible()


def test_pages_of_passkeys_are_open_to_all(open_page: Open, address: str, alice: Administrator) -> None:
    page = open_page()
    Authenticator(page)
    page.goto(f"{address}/sign-in/")
    assert_good(page)
    page.goto(f"{address}/account/")
    give_password(page)
    add_passkey(page)
    assert_good(page)
    page.get_by_role("link", name="Remove Blue phone").click()
    assert_good(page)
    page.goto(f"{address}/account/")
    page.get_by_role("link", name="Rename Blue phone").click()
    assert_good(page)
    page.goto(f"{address}/account/passkeys/add/")
    assert_good(page)
    page.get_by_role("button", name="Use a passkey instead").click()
    page.get_by_label("Name of the passkey").fill("Again")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("This device has a passkey for you already.")).to_be_visible()
    assert_good(page)


def test_demanded_factor_is_set_up_first_and_asked_for_from_then_on(
    hub: LiveHub, open_page: Open, address: str, alice: Administrator
) -> None:
    actor = Actor(company_id=alice.company_id, via="command-line")
    change_company(company=alice.company, actor=actor, demands_second_factor=True)
    page = open_page()
    Authenticator(page)
    page.goto(f"{address}/people/")
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    assert_good(page)
    add_passkey(page)
    page.goto(f"{address}/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/people/")
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your passkey")
    assert_good(page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")

    token = soap.result(soap.post(hub.url, soap.written(p_companyID=SAMPLE_CODE)).body)
    program = open_page()
    program.goto(hub.url + LINK + token)
    program.wait_for_url("**/sync/?s=*")
    expect(program.get_by_role("button", name="Sync")).to_be_visible()


def test_demanded_factor_is_set_up_without_script(open_page: Open, address: str, alice: Administrator) -> None:
    actor = Actor(company_id=alice.company_id, via="command-line")
    change_company(company=alice.company, actor=actor, demands_second_factor=True)
    page = open_page(java_script_enabled=False)
    page.goto(f"{address}/people/")
    give_password(page)
    page.get_by_role("link", name="Use an authenticator app").click()
    app = App(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.code(0))
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="Done").click()
    page.goto(f"{address}/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
