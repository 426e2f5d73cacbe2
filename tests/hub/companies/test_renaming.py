from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import rename_location
from doorsync.hub.companies.errors import LocationNameTaken
from doorsync.hub.companies.models import Location
from tests.factories import world

pytestmark = pytest.mark.django_db


def test_another_name_is_kept_and_the_same_one_is_no_change() -> None:
    north = world.location(world.company(), "North")
    actor = Actor(company_id=north.company_id, via="test")
    assert rename_location(location=north, name="Harbour", actor=actor)
    assert not rename_location(location=north, name="Harbour", actor=actor)
    with scope(company=north.company):
        assert Location.objects.get().name == "Harbour"


def test_name_of_another_in_the_company_is_taken_and_that_of_another_company_is_not() -> None:
    company = world.company()
    north, _south = world.location(company, "North"), world.location(company, "South")
    world.location(world.other_company(), "Island")
    actor = Actor(company_id=company.pk, via="test")
    with pytest.raises(LocationNameTaken):
        rename_location(location=north, name="South", actor=actor)
    north.refresh_from_db()
    assert north.name == "North"
    assert rename_location(location=north, name="Island", actor=actor)
