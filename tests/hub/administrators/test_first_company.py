"""The first company is made whole or not at all, by whoever has the code that the hub showed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.administrators.first_company import CODE_LETTERS, FirstCompany, new_security_code, set_up
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.companies.errors import AlreadySetUp, WrongSetupCode
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.queries import company_by_code
from doorsync.hub.companies.setup_codes import issue_setup_code

pytestmark = pytest.mark.django_db
FIRST = FirstCompany(
    name="Harbour Gym", slug="gym", location="Main", time_zone="Europe/Amsterdam", username="anna", password="long enough"
)


def test_company_location_and_owner_are_made_at_once_and_its_code_finds_it() -> None:
    owner, code = set_up(FIRST, issue_setup_code())
    with scopes_disabled():
        assert (owner.company.slug, owner.username, owner.level) == ("gym", "anna", Level.OWNER)
        assert owner.check_password("long enough")
        assert [(each.name, each.time_zone) for each in Location.objects.all()] == [("Main", "Europe/Amsterdam")]
    assert company_by_code(code) == owner.company


def test_a_wrong_code_makes_nothing() -> None:
    issue_setup_code()
    with pytest.raises(WrongSetupCode):
        set_up(FIRST, "AAAAA-AAAAA")
    assert not Company.objects.exists()


def test_what_cannot_be_an_owner_leaves_no_company_behind_and_the_code_good() -> None:
    code = issue_setup_code()
    with pytest.raises(AdministratorError):
        set_up(replace(FIRST, password="short"), code)
    assert not Company.objects.exists()
    set_up(FIRST, code)


def test_the_code_is_good_once() -> None:
    code = issue_setup_code()
    set_up(FIRST, code)
    with pytest.raises((WrongSetupCode, AlreadySetUp)):
        set_up(replace(FIRST, slug="other"), code)
    with scopes_disabled():
        assert Administrator.objects.count() == 1


def test_first_company_shows_no_password() -> None:
    assert "long enough" not in repr(FIRST)


@pytest.mark.requirement("M-03", mutation="new_security_code() of letters alone, or of another length")
def test_a_security_code_is_32_characters_by_chance_that_programs_know() -> None:
    codes = {new_security_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 32 and set(code) <= set(CODE_LETTERS) for code in codes)
    assert any(set(code) & set("^;+#") for code in codes)
