"""The filters of the trail stand in its address, and a day at the end of the calendar limits nothing."""

from __future__ import annotations

import pytest

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.terminals.actions import create_agent
from tests.factories import world
from tests.factories.desk import Desk
from tests.hub.web.audit.test_views import company, desk

__all__ = ["company", "desk"]


def test_filters_stand_in_the_address(desk: Desk, company: Company) -> None:
    create_agent(company=company, name="Cellar", actor=Actor(company_id=company.pk))
    assert "agent.created" not in desk.read("/audit/?event=sign-in")
    assert "sign-in.ok" in desk.read("/audit/?event=sign-in")
    boss = Entry.objects.get(event="sign-in.ok").actor["administrator_id"]
    assert "agent.created" not in desk.read(f"/audit/?who={boss}")
    assert "Nothing fits" in desk.read("/audit/?until=2001-01-01")
    for wrong in ("event=%27;--", "who=x", "since=nonsense", "before=-1", "before=9999999999999999999"):
        desk.read(f"/audit/?{wrong}")


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31"])
def test_the_ends_of_the_calendar_limit_nothing(desk: Desk, company: Company, query: str) -> None:
    world.location(company, "North", "Europe/Amsterdam")
    assert "sign-in.ok" in desk.read(f"/audit/?{query}")
