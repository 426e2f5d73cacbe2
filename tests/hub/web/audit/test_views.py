"""The page of the audit: found by filters, told with names, and its chain looked at."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.administrators.actions import create_administrator
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import create_company
from doorsync.hub.companies.models import Company
from tests.factories.desk import Desk


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = create_company(slug="gym", name="Gym", code=secrets.token_hex(16), via="test")
    create_administrator(company=made, username="boss", password="passwrod", actor=Actor(company_id=made.pk))
    with scope(company=made):
        yield made


@pytest.fixture
def desk(company: Company) -> Desk:
    made = Desk()
    assert made.sign_in_fully(company.slug, "boss").status_code == 303
    made.proof = made.fields(made.get("/sync/"))
    return made


def test_older_entries_are_a_page_further(desk: Desk, company: Company) -> None:
    trail.record_all("test.many", [{"place": number} for number in range(60)], actor=Actor(company_id=company.pk))
    text = desk.read("/audit/?event=test.many")
    assert "place 59" in text
    assert "place 9<" not in text
    before = text.split("before=")[1].split('"')[0]
    assert "place 9<" in desk.read(f"/audit/?event=test.many&before={before}")


@pytest.mark.requirement("R-08", mutation="check_trail looking at the end only")
def test_a_changed_entry_is_found_by_the_button(desk: Desk, company: Company) -> None:
    status, text = desk.send("/audit/check/")
    assert (status, "entries are whole" in text) == (200, True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET event = 'nothing.happened' WHERE number = 2 AND company_id = %s", [company.pk])
    assert "The end of the trail is genuine" in desk.read("/audit/")
    assert "Entry 2 was changed" in desk.send("/audit/check/")[1]
