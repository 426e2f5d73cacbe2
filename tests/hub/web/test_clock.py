"""The time zone of what belongs to no location is that of the company's first one."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.web.clock import company_zone
from tests.factories import world


@pytest.mark.django_db
def test_the_first_location_of_the_company_in_scope_decides() -> None:
    world.location(world.other_company(), "Elsewhere", "Asia/Tokyo")
    company = world.company()
    with scope(company=company):
        assert company_zone().key == "UTC"
        world.location(company, "Zoo", "Europe/Paris")
        world.location(company, "Attic", "America/New_York")
        assert company_zone().key == "Europe/Paris"
