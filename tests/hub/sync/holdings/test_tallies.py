"""The numbers of a terminal, compared with a count of its rows one by one."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.allowance import Narrowing
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.tallies import tallies
from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from tests.factories import world
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db

DIGESTS = [None, b"a" * 16, b"b" * 16]


def fill(company: Company, terminals: list[int], seed: int) -> None:
    """Holdings of every sort at these terminals, and strangers."""
    chance = random.Random(seed)
    places = chance.sample(list(product((Kind.USER, Kind.SCHEDULE), range(60), terminals)), 100)
    Holding.objects.bulk_create(
        Holding(
            company=company,
            kind=kind,
            key=str(key),
            terminal_id=terminal,
            wanted=chance.choice(DIGESTS),
            held=chance.choice([*DIGESTS, b""]),
            narrows=chance.choice(list(Narrowing)),
            foreseen=chance.random() < 0.3,
        )
        for kind, key, terminal in places
    )
    for number in range(9):
        kind, at = chance.choice(list(Kind)), chance.choice(terminals)
        Stranger.objects.create(
            company=company, terminal_id=at, kind=kind, key=f"@{number}", held=b"x" * 16, found_at=timezone.now()
        )


@pytest.mark.requirement(
    "G-01", mutation="the company left out of one part of the statement; held without those that are unknown; no strangers"
)
@pytest.mark.parametrize("seed", range(8))
def test_tallies_are_what_is_there(seed: int) -> None:
    club, other = gym(), gym(other=True)
    ids = [terminal.pk for terminal in club.terminals]
    for number, each in enumerate((club, other)):
        with scope(company=each.company):
            Holding.objects.all().delete()
            fill(each.company, [terminal.pk for terminal in each.terminals], 2 * seed + number)
    with scope(company=other.company):  # a row whose company is another one than its terminal's, by whatever damage
        Holding.objects.filter(terminal_id=other.terminals[0].pk).update(terminal_id=ids[0])
    with scope(company=club.company):
        with CaptureQueriesContext(connection) as asked:
            found = tallies(ids)
        assert len(asked) == 1
        for at in ids:
            rows = list(Holding.objects.filter(terminal_id=at))
            people = [row for row in rows if row.kind == Kind.USER]
            strangers = Counter(Stranger.objects.filter(terminal=at).values_list("kind", flat=True))
            held = [row for row in people if row.held is not None]
            staying = [row for row in people if row.state in (HoldingState.SAME, HoldingState.CHANGED)]
            assert found[at].people_held == len(held)
            assert found[at].unknown_people == sum(bytes(row.held or b"") == b"" for row in held)
            assert found[at].confirmed_people == len(held) - found[at].unknown_people
            assert found[at].strangers == strangers
            assert found[at].lasting_people == len(staying) + strangers[Kind.USER]
            assert found[at].count(lambda each: each.state == HoldingState.REFUSED) == sum(row.state == 4 for row in rows)


def test_a_terminal_with_nothing_counts_nothing() -> None:
    company = world.company()
    with scope(company=company):
        assert tallies([]) == {}
        assert (tallies([7])[7].people_held, tallies([7])[7].lasting_people) == (0, 0)
