"""The import page in a browser: a file is read with another separator, by keyboard alone, without script, on a small screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.live import LiveHub
from tests.journeys.looking import sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Either separator gives every row as many cells as the first one has: the fewer columns are not found by themselves.
TWO_WAYS = "id;last_name,first;email,phone,x\n7;de Vries,Anna;a,b,c\n"


@pytest.fixture
def club(hub: LiveHub) -> Gym:
    return gym([])


def sign_in(page: Page, hub: LiveHub, club: Gym) -> None:
    page.goto(f"{hub.url}/sign-in/")
    page.get_by_label("Company").fill(club.company.slug)
    page.get_by_label("Name").fill("username")
    page.get_by_label("Password").fill("passwrod")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*s=*")


def upload(page: Page, hub: LiveHub, content: str) -> None:
    page.goto(f"{hub.url}/people/import/")
    page.get_by_label("CSV file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_role("heading", name="What the file would do")).to_be_visible()


def test_the_separator_is_changed_by_keyboard_without_script(hub: LiveHub, club: Gym, open_page: Callable[..., Page]) -> None:
    page = open_page(allowed=("422",), java_script_enabled=False, viewport={"width": 360, "height": 700})
    sign_in(page, hub, club)
    upload(page, hub, TWO_WAYS)
    expect(page.get_by_text("separator: comma")).to_be_visible()
    page.get_by_label("Separator between the columns").focus()
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("separator: semicolon")).to_be_visible()
    page.get_by_label("Column 2").select_option("last_name")
    page.get_by_label("Column 3").select_option("leave out")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status")).to_contain_text("Added 1 user.")
    with scope(company=club.company):
        assert User.objects.get().last_name == "de Vries,Anna"


@pytest.mark.parametrize(
    "content",
    [TWO_WAYS, "id,last_name\n1,Vries\n2,Vries\n", "id,last_name\n1,Vries\n1,Bakker\n"],
    ids=["unknown-columns", "same-name", "same-id"],
)
def test_the_page_is_open_to_all(hub: LiveHub, club: Gym, open_page: Callable[..., Page], content: str) -> None:
    page = open_page(allowed=("422",))
    sign_in(page, hub, club)
    upload(page, hub, content)
    for scheme, width in (("light", 1280), ("dark", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width}"
        assert sideways(page) == 0, f"{scheme}, {width}"


def test_one_of_two_columns_with_the_same_name_is_chosen_and_remembered(
    hub: LiveHub, club: Gym, open_page: Callable[..., Page]
) -> None:
    page = open_page(allowed=("422",))
    sign_in(page, hub, club)
    upload(page, hub, "id,last_name,Phone,Phone\n7,de Vries,011,022\n")
    page.get_by_label("Phone (column 3)").select_option("leave out")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status")).to_contain_text("Added 1 user.")

    upload(page, hub, "id,last_name,Phone,Phone\n7,de Vries,033,044\n")
    expect(page.get_by_text("when your company last imported")).to_be_visible()
    expect(page.get_by_text("phone (column 4): 022 \u2192 044")).to_be_visible()
    page.get_by_text("Columns of the file", exact=True).click()
    expect(page.get_by_label("Phone (column 3)")).to_have_value("-")
    for scheme, width in (("light", 1280), ("dark", 320)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of the two
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{scheme}, {width}"
        assert sideways(page) == 0, f"{scheme}, {width}"
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status")).to_contain_text("Changed 1 user.")
    with scope(company=club.company):
        assert User.objects.get().phone == "044"
