"""The set-up page: with the code it makes the first company, once; without it nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Company, Location, SetupCode
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.companies.setup_codes import issue_setup_code
from tests.factories import world
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.django_db
SAID = {
    "name": "Harbour Gym",
    "slug": "",
    "location": "Harbour",
    "time_zone": "Europe/Amsterdam",
    "username": "anna",
    "password": "a good password",
    "again": "a good password",
}


def test_the_first_company_is_made_and_its_code_shown_once() -> None:
    visitor = Visitor()
    assert visitor.get("/")["Location"] == "/setup/"
    page = visitor.post("/setup/", {**SAID, "code": issue_setup_code()})
    shown = re.search(r'id="security-code">([^<]+)<', page.content.decode())
    assert shown
    company = company_by_code(unescape(shown[1]))
    assert (company.name, company.slug) == ("Harbour Gym", "harbour-gym")
    with scope(company=company):
        assert Location.objects.get().name == "Harbour"
        assert Administrator.objects.get().level == Level.OWNER
        assert {"company.created", "location.created", "administrator.created"} <= set(
            Entry.objects.values_list("event", flat=True)
        )
    assert "First steps" in visitor.get("/overview/").content.decode()
    assert Visitor().sign_in_fully("harbour-gym", "anna", "a good password").status_code == 303


def test_afterwards_there_is_nothing_at_its_address() -> None:
    code = issue_setup_code()
    world.company()
    assert Visitor().get("/setup/").status_code == 404
    assert Visitor().post("/setup/", {**SAID, "code": code}).status_code == 404
    assert Company.objects.count() == 1
    assert Visitor().get("/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "00000-00000-00000-00000"}, "not the code that the hub showed"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "another password"}, "The two passwords differ."),
        ({"name": "!!!"}, "Choose one"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"username": "\x07"}, "error"),
    ],
)
def test_a_fault_makes_nothing_and_uses_up_nothing(changes: dict[str, str], told: str) -> None:
    code = issue_setup_code()
    page = Visitor().post("/setup/", {**SAID, "code": code, **changes})
    text = page.content.decode()
    assert page.status_code == 422
    assert told in text
    assert 'value="Harbour"' in text
    assert "a good password" not in text
    assert not Company.objects.exists()
    assert SetupCode.objects.exists()
    assert Visitor().post("/setup/", {**SAID, "code": code}).status_code == 200


@pytest.mark.requirement("T-13", mutation="no look at the Origin")
def test_a_form_of_another_site_makes_nothing() -> None:
    code = issue_setup_code()
    assert Visitor(origin="https://evil.example").post("/setup/", {**SAID, "code": code}).status_code == 403
    assert not Company.objects.exists()
