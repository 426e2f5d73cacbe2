"""A second factor in a real browser: turned on with the page's own QR code, asked for at sign-in, and a recovery code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scopes_disabled
from playwright.sync_api import Page, expect

from doorsync.hub.administrators.models import Administrator, RecoveryCode
from tests.factories import soap, world
from tests.factories.live import LiveHub
from tests.factories.second_factors import App, with_app
from tests.factories.visitor import LINK
from tests.factories.world import SAMPLE_CODE
from tests.journeys.test_accessibility import assert_good

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


@pytest.fixture
def alice(hub: LiveHub) -> Administrator:
    return world.administrator(world.company(slug="alice-gym", name="Alice's Gym", code=SAMPLE_CODE))


def give_password(page: Page) -> None:
    page.get_by_label("Company").fill("alice-gym")
    page.get_by_label("Name").fill("username")
    page.get_by_label("Password").fill("passwrod")
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("script", [True, False])
def test_second_factor_is_turned_on_and_asked_for(hub: LiveHub, open_page: Open, alice: Administrator, script: bool) -> None:
    page = open_page(java_script_enabled=script)
    page.goto(f"{hub.url}/account/")
    give_password(page)
    page.get_by_role("link", name="Turn it on").click()
    app = App(page.locator("#secret").inner_text().replace(" ", ""))
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(first := app.code(0))
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    codes = page.locator("#codes li").all_inner_texts()
    page.get_by_role("link", name="Done").click()
    expect(page.locator("main")).to_contain_text("10 recovery codes are left")

    other = open_page(allowed=("422",), java_script_enabled=script)
    other.goto(f"{hub.url}/people/?state=suspended")
    give_password(other)
    expect(other.get_by_label("Code", exact=True)).to_be_focused()
    other.keyboard.type(first)  # the one that turned it on
    other.keyboard.press("Enter")
    expect(other.locator("main")).to_contain_text("This code is wrong, or it was used already.")
    other.get_by_label("Code", exact=True).fill(codes[0])
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url(f"{hub.url}/people/?state=suspended")
    with scopes_disabled():
        assert RecoveryCode.objects.count() == 9


def test_programs_and_their_links_are_not_asked_for_a_code(hub: LiveHub, page: Page, alice: Administrator) -> None:
    with_app(alice)
    token = soap.result(soap.post(hub.url, soap.written(p_companyID=SAMPLE_CODE)).body)
    page.goto(hub.url + LINK + token)
    page.wait_for_url("**/sync/?s=*")
    expect(page.get_by_role("button", name="Sync")).to_be_visible()


def test_pages_of_the_second_factor_are_open_to_all(hub: LiveHub, open_page: Open, alice: Administrator) -> None:
    bob = world.administrator(alice.company, username="bob")
    with_app(bob)
    page = open_page(allowed=("422",))
    page.goto(f"{hub.url}/administrators/{bob.pk}/second-factor/")
    give_password(page)
    assert_good(page)
    page.goto(f"{hub.url}/account/")
    assert_good(page)
    page.get_by_role("link", name="Turn it on").click()
    assert_good(page)
    app = App(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(app.wrong_code())
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("main")).to_contain_text("This code is wrong")
    assert_good(page)
    page.get_by_label("Code", exact=True).fill(app.code(0))
    page.get_by_label("Present password").fill("passwrod")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#codes li")).to_have_count(10)
    assert_good(page)
    for address in ("/account/", "/account/second-factor/off/", "/account/second-factor/recovery-codes/"):
        page.goto(hub.url + address)
        assert_good(page)
    page.context.clear_cookies()
    page.goto(f"{hub.url}/account/")
    give_password(page)
    assert_good(page)
    page.get_by_label("Code", exact=True).fill(app.wrong_code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("This code is wrong")
    assert_good(page)
