"""Rows that are due are worked off one by one: what fails delays nothing else."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.due_rows import work_off_due
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.models import Company, Location
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies() -> tuple[Company, Company]:
    return world.company(), world.other_company()


@pytest.mark.requirement("R-09", mutation="isolated() around all rows: the first that fails keeps the others waiting")
def test_a_row_that_fails_delays_no_other_and_leaves_nothing(companies: tuple[Company, Company]) -> None:
    first, second = companies

    def act(pk: int, actor: Actor) -> bool:
        Location.objects.create(company_id=actor.company_id, name=f"Row {pk}", time_zone="UTC")
        if pk == 1:
            raise ValueError
        return pk != 3

    due = [(first.pk, 1), (first.pk, 2), (second.pk, 3), (first.pk, 4)]
    assert work_off_due(due, act, failed="A row failed.") == 2
    with scopes_disabled():
        assert set(Location.objects.values_list("name", flat=True)) == {"Row 2", "Row 3", "Row 4"}


def test_a_company_that_is_busy_has_its_turn_in_the_next_round(companies: tuple[Company, Company]) -> None:
    first, second = companies
    asked: list[int] = []

    def act(pk: int, actor: Actor) -> bool:
        asked.append(pk)
        if actor.company_id == first.pk:
            raise CompanyBusy
        return True

    assert work_off_due([(first.pk, 1), (first.pk, 2), (second.pk, 3)], act, failed="A row failed.") == 1
    assert sorted(asked) == [1, 3]
