"""Whatever moves holdings, and however: what the database counted is what is there."""

from __future__ import annotations

import random
from itertools import product

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django_scopes import scope, scopes_disabled

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.entry import migration
from doorsync.hub.sync.holdings import counters
from doorsync.hub.sync.holdings.tallies import tallies
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.models.holding_counts import HoldingCount
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db

DIGESTS = [None, b"a" * 16, b"b" * 16, b""]


def counted() -> dict[tuple[int, int, int], int]:
    """What the triggers counted; what is 0 left out."""
    with scopes_disabled():
        return {(row.company_id, row.kind, row.terminal_id): row.same for row in HoldingCount.objects.all() if row.same}


def there() -> dict[tuple[int, int, int], int]:
    with scopes_disabled():
        rows = Holding.objects.filter(state=HoldingState.SAME).values_list("company_id", "kind", "terminal_id")
        return {(company, kind, terminal): n for company, kind, terminal, n in rows.annotate(n=Count("*")).order_by()}


@pytest.fixture
def companies() -> list[Company]:
    return [world.company(), world.other_company()]


def add(company: Company, rows: int, chance: random.Random) -> None:
    places = random.Random(chance.random()).sample(list(product((Kind.USER, Kind.SCHEDULE), range(40), range(1, 4))), rows)
    Holding.objects.bulk_create(
        (
            Holding(
                company=company,
                kind=kind,
                key=str(key),
                terminal_id=terminal,
                wanted=chance.choice(DIGESTS[:3]),
                held=chance.choice(DIGESTS),
            )
            for kind, key, terminal in places
        ),
        update_conflicts=True,
        unique_fields=["company_id", "kind", "key", "terminal_id"],
        update_fields=["wanted", "held"],
    )


def drop_a_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER holding_count_insert_1" + " ON sync_holding" * (connection.vendor == "postgresql"))


@pytest.mark.requirement("G-01", mutation="each trigger left out in turn; the update's OLD side left out")
@pytest.mark.parametrize("seed", range(12))
def test_counts_follow_every_kind_of_statement(companies: list[Company], seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        company = chance.choice(companies)
        with scope(company=company):
            rows = Holding.objects.filter(terminal_id=chance.randint(1, 3), key__in=map(str, chance.sample(range(40), 15)))
            step = chance.randrange(5)
            if step == 0:
                add(company, chance.randint(1, 60), chance)
            elif step == 1:
                rows.update(held=chance.choice(DIGESTS))
            elif step == 2:
                rows.update(wanted=chance.choice(DIGESTS[:3]), refusal="")
            elif step == 3:
                rows.delete()
            else:
                rows.update(label="unmoved")
        assert counted() == there()
    assert there(), "something was counted"


def test_refresh_and_receipts_of_a_whole_company_are_counted() -> None:
    club = gym(f"Person {number}" for number in range(8))
    terminals = [terminal.pk for terminal in club.terminals]
    with scope(company=club.company):
        refresh_holdings(club.company, None)
        people = User.objects.values_list("pk", flat=True)
        assert counted() == there() == {}
        for row in Holding.objects.filter(wanted__isnull=False):
            Holding.objects.filter(pk=row.pk).update(held=row.wanted)
        assert counted() == there() != {}
        Holding.objects.filter(kind=Kind.USER, terminal_id=terminals[0], user_id=min(people)).delete()
        Holding.objects.filter(kind=Kind.USER, terminal_id=terminals[1]).update(held=b"")
        assert counted() == there()
        held = Holding.objects.filter(kind=Kind.USER, held__isnull=False).values_list("terminal_id")
        counts = tallies(terminals)
        assert {at: n for at in terminals if (n := counts[at].people_held)} == dict(held.annotate(n=Count("*")).order_by())


def test_missing_triggers_are_put_back_and_everything_is_counted_anew(companies: list[Company]) -> None:
    drop_a_trigger()
    with scope(company=companies[0]):
        add(companies[0], 60, random.Random(1))
    assert counted() != there()
    counters.keep_counting(using="default")
    assert counted() == there()
    with scope(company=companies[0]):
        add(companies[0], 60, random.Random(2))
    assert counted() == there()
    with CaptureQueriesContext(connection) as captured:
        counters.keep_counting(using="default")
    assert not any("DELETE" in query["sql"] for query in captured), "where all are in their place nothing is counted"


@pytest.mark.requirement("G-01", mutation="miscounted() comparing only what is counted too often, or only counts that have a row")
@pytest.mark.parametrize("wrong", ["same = same * 2", "same = 0", "terminal_id = terminal_id + 50"])
def test_the_start_of_a_hub_counts_anew_where_a_backup_was_counted_twice(companies: list[Company], wrong: str) -> None:
    for company in companies:
        with scope(company=company):
            add(company, 60, random.Random(1))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE sync_holdingcount SET {wrong} WHERE company_id = %s", [companies[1].pk])
    assert counted() != there()
    assert counters.miscounted() > 0
    migration.migrate()
    assert counted() == there()
    assert counters.miscounted() == 0


def test_counts_that_are_right_are_left_alone(companies: list[Company]) -> None:
    with scope(company=companies[0]):
        add(companies[0], 60, random.Random(1))
        Holding.objects.all().delete()  # leaves counts of 0
    with CaptureQueriesContext(connection) as captured:
        counters.ensure_counting()
    assert not any(query["sql"].startswith(("DELETE", "LOCK")) for query in captured)


def test_counts_of_another_company_are_not_seen(companies: list[Company]) -> None:
    for company in companies:
        with scope(company=company):
            Holding.objects.create(company=company, kind=Kind.USER, key="1", terminal_id=7, wanted=b"a" * 16, held=b"a" * 16)
    with scope(company=companies[0]):
        assert counters.same_counts([7]) == {(7, Kind.USER): 1}
        assert (tallies([7, 8])[7].people_held, tallies([7, 8])[8].people_held) == (1, 0)
