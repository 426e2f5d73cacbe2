"""Entries of the trail are told with the names that their ids have."""

from __future__ import annotations

from doorsync.hub.companies.models import Company
from tests.factories.desk import Desk
from tests.hub.web.audit.test_views import company, desk

__all__ = ["company", "desk"]


def test_entries_are_told_with_the_names_that_ids_have(desk: Desk, company: Company) -> None:
    desk.send("/agents/add/", name="Cellar")
    text = desk.read("/audit/")
    assert "agent.created" in text
    assert "agent Cellar" in text
    assert "boss" in text
