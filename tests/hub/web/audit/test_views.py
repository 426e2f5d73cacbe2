"""The page of the audit: found by filters, told with names, and its chain looked at."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.administrators.actions import create_administrator
from doorsync.hub.audit import trail
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import create_company
from doorsync.hub.companies.models import Company
from doorsync.hub.terminals.actions import create_agent
from tests.factories import world
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


def test_entries_are_told_with_the_names_that_ids_have(desk: Desk, company: Company) -> None:
    desk.send("/agents/add/", name="Cellar")
    text = desk.read("/audit/")
    assert "agent.created" in text
    assert "agent Cellar" in text
    assert "boss" in text


def test_filters_stand_in_the_address(desk: Desk, company: Company) -> None:
    create_agent(company=company, name="Cellar", actor=Actor(company_id=company.pk))
    assert "agent.created" not in desk.read("/audit/?event=sign-in")
    assert "sign-in.ok" in desk.read("/audit/?event=sign-in")
    boss = Entry.objects.get(event="sign-in.ok").actor["administrator_id"]
    assert "agent.created" not in desk.read(f"/audit/?who={boss}")
    assert "Nothing fits" in desk.read("/audit/?until=2001-01-01")
    for wrong in ("event=%27;--", "who=x", "since=nonsense", "before=-1", "before=9999999999999999999"):
        desk.read(f"/audit/?{wrong}")


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


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31"])
def test_the_ends_of_the_calendar_limit_nothing(desk: Desk, company: Company, query: str) -> None:
    world.location(company, "North", "Europe/Amsterdam")
    assert "sign-in.ok" in desk.read(f"/audit/?{query}")
