"""The sync page inside another program: the way back, and who may frame it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from doorsync.hub.administrators.actions import issue_sync_token
from doorsync.hub.audit.trail import Actor
from tests.factories import world
from tests.factories.live import LiveHub

BACK = "https://frontdesk.example.com/guests?id=7"


@pytest.mark.browser
def test_registered_return_address_stays_from_the_link_to_the_end(hub: LiveHub, page: Page) -> None:
    company = world.company(return_urls=[BACK])
    ann = world.administrator(company)
    world.terminal(world.location(company), world.agent(company, keys={"not": "used"}))

    def land(address: str) -> None:
        token = issue_sync_token(administrator=ann, actor=Actor(company_id=company.pk))
        page.goto(f"{hub.url}/users/totalSyncUsersLogin/{token}?return={address}")
        page.wait_for_url("**/sync/?*")
        page.get_by_role("button", name="Sync", exact=True).click()
        page.wait_for_url("**/sync/runs/**")

    land("https%3A%2F%2Ffrontdesk.example.com%2Fguests%3Fid%3D7")
    expect(page.get_by_role("link", name="frontdesk.example.com")).to_have_attribute("href", BACK)
    land("https%3A%2F%2Fevil.example.com%2F")
    expect(page.locator("main")).to_be_visible()
    assert "evil.example.com" not in page.locator("main").inner_html()
