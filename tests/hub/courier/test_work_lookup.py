"""Agents that are looked at together hear what each would hear alone, and none of another company's work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.domain.reason import Reason
from doorsync.hub.companies.models import Company
from doorsync.hub.courier.agent_checks import NONCE_LIFE
from doorsync.hub.courier.long_poll import has_work
from doorsync.hub.courier.work_lookup import find_work
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals import hub_rotation
from doorsync.hub.terminals.connectivity import SILENT
from doorsync.hub.terminals.door_openings import note_request
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.terminals.models import Agent
from tests.factories.gym import Gym, gym
from tests.factories.patience import PATIENCE
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import everything, synced

pytestmark = pytest.mark.django_db(transaction=True)


class Pair:
    """Agents of two companies, both in sync, that have waited at the hub; something happens to the first one's."""

    def __init__(self) -> None:
        self.clubs = gym(["Alice"]), gym(["Mallory"], other=True)
        self.there = [self._waiting(club) for club in self.clubs]
        self.club = self.clubs[0]

    def _waiting(self, club: Gym) -> Counterpart:
        with scope(company=club.company):
            there = synced(club, everything(club))
        has_work(club.agent.public_id, there.nonce)
        return there

    def together(self) -> list[bool | None]:
        return find_work([(there.agent.public_id, there.nonce) for there in self.there])

    def alone(self) -> list[bool]:
        return [has_work(there.agent.public_id, there.nonce) for there in self.there]

    def change(self, **fields: object) -> None:
        with scopes_disabled():
            Agent.objects.filter(pk=self.club.agent.pk).update(**fields)

    def waited_at(self) -> object:
        with scopes_disabled():
            return Agent.objects.get(pk=self.club.agent.pk).waited_at


@pytest.fixture
def pair(transactional_db: None) -> Iterator[Pair]:
    made = Pair()
    yield made
    if hub_rotation.under_way():  # the keys are those of all tests of this process
        hub_rotation.finish_rotation(lambda _: made.club.actor, leaving=True)


def press(pair: Pair) -> None:
    with scope(company=pair.club.company):
        start_run(company=pair.club.company, choice=Selection(), confirmed=None, actor=pair.club.actor)


def rotate(pair: Pair) -> None:
    hub_rotation.begin_rotation(lambda _: pair.club.actor)
    pair.change(nonce_at=timezone.now() - NONCE_LIFE)


def turn_off(pair: Pair) -> None:
    Company.objects.filter(pk=pair.club.company.pk).update(active=False)


def test_agents_without_work_are_noted_as_waiting(pair: Pair) -> None:
    pair.change(waited_at=timezone.now() - SILENT / 2)
    before = timezone.now()
    assert pair.together() == [False, False] == pair.alone()
    assert pair.waited_at() >= before  # type: ignore[operator]


@pytest.mark.parametrize("happens", [press, rotate])
def test_work_is_told_to_those_alone_whom_it_concerns(pair: Pair, happens: Callable[[Pair], None]) -> None:
    happens(pair)
    assert pair.together() == [True, False] == pair.alone()


@pytest.mark.parametrize(
    "happens",
    [
        turn_off,
        lambda pair: pair.change(nonce="0" * 32),
        lambda pair: pair.change(keys=None),
        lambda pair: pair.change(quarantined=Reason("copied")),
        lambda pair: pair.change(waited_at=None),
        lambda pair: pair.change(waited_at=timezone.now() - SILENT - timedelta(seconds=1)),
    ],
    ids=["company off", "old nonce", "no keys", "quarantined", "never waited", "was away"],
)
def test_what_is_not_plain_is_looked_at_alone(pair: Pair, happens: Callable[[Pair], None]) -> None:
    happens(pair)
    before = pair.waited_at()
    assert pair.together() == [None, False]
    assert pair.waited_at() == before, "who is refused, or was away, is not noted here"


def test_doors_to_open_are_looked_at_alone(pair: Pair) -> None:
    with scope(company=pair.club.company), transaction.atomic():
        note_request(pair.club.terminals[0], 1, actor=pair.club.actor, now=timezone.now())
    assert pair.together() == [None, False]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_an_agent_whose_row_is_held_keeps_nobody_else(pair: Pair) -> None:
    def look() -> list[bool | None]:
        with closing(connection):
            return pair.together()

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), scopes_disabled():
        Agent.objects.select_for_update().get(pk=pair.club.agent.pk)
        assert pool.submit(look).result(PATIENCE) == [None, False]


def test_strangers_are_looked_at_alone(pair: Pair) -> None:
    known = [(there.agent.public_id, there.nonce) for there in pair.there]
    assert find_work([("nobody", "0" * 32), *known]) == [None, False, False]


@pytest.mark.requirement("I-05", mutation="confirmed_agents lets every agent pass: nobody says hello after a restore")
def test_after_a_start_of_the_hub_everybody_is_looked_at_alone_and_says_hello(pair: Pair) -> None:
    begin_epoch()
    assert pair.together() == [None, None]
    assert pair.alone() == [True, True]
