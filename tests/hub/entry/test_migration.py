"""The start of a hub puts right what a migration that was killed left out."""

from __future__ import annotations

import random

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.entry import migration
from doorsync.hub.sync.holdings import counters
from tests.hub.sync.holdings.test_counters import add, companies, counted, drop_a_trigger, there

__all__ = ["companies"]

pytestmark = pytest.mark.django_db


@pytest.mark.requirement(
    "G-01", mutation="the start of a hub without ensure_counting(); or ensure_counting() without a look at the counts"
)
def test_the_start_of_a_hub_puts_back_what_a_killed_migration_left_out(companies: list[Company]) -> None:
    drop_a_trigger()
    with scope(company=companies[0]):
        add(companies[0], 60, random.Random(1))
    assert counters.miscounted() > 0
    migration.migrate()
    assert counters.miscounted() == 0
    assert counted() == there() != {}
