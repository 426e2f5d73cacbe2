"""Revocations as receipts confirm them: with whom and where as it was called then, and without the names of the erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.revocations.actions import Removed, expire_revocations, forget_in_revocations, note_revocations
from doorsync.hub.revocations.models import Evidence, Revocation
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories.gym import Gym, gym

NOW = timezone.now()
EVIDENCE = next(iter(Evidence))


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


def note(club: Gym, *numbers: int, statement: str = "", ago: int = 0) -> None:
    gate = Terminal.objects.select_related("agent", "location").get(pk=club.terminals[0].pk)
    some = [Removed(number=number, name=f"Person {number}", since=NOW, statement=statement) for number in numbers]
    note_revocations(gate, some, EVIDENCE, NOW - timedelta(days=ago))


def test_it_outlives_the_terminal_and_keeps_how_that_was_called(club: Gym) -> None:
    note(club, 1)
    Terminal.objects.filter(pk=club.terminals[0].pk).update(name="Renamed")
    found = Revocation.objects.get()
    assert (found.user_number, found.name, found.terminal_name, found.zone) == (1, "Person 1", "Gate", "Europe/Amsterdam")


def test_the_keys_of_the_agent_are_kept_with_what_it_signed_and_not_else(club: Gym) -> None:
    Agent.objects.update(keys={"sign": "k"})
    note(club, 1, statement="signed")
    note(club, 2)
    assert dict(Revocation.objects.values_list("user_number", "signed_with")) == {1: {"sign": "k"}, 2: {}}


def test_whoever_is_forgotten_is_there_by_number_alone(club: Gym) -> None:
    note(club, 1, 2)
    forget_in_revocations(1)
    assert dict(Revocation.objects.values_list("user_number", "name")) == {1: "", 2: "Person 2"}


def test_the_oldest_go_first_so_many_at_a_time_and_one_that_is_just_in_time_stays(club: Gym) -> None:
    for number, ago in ((1, 3), (2, 2), (3, 1)):
        note(club, number, ago=ago)
    limit = NOW - timedelta(days=1)
    assert [expire_revocations(limit, 1, club.actor) for _ in range(3)] == [1, 1, 0]
    assert list(Revocation.objects.values_list("user_number", flat=True)) == [3]
    assert [entry.subject for entry in Entry.objects.filter(event="revocations.expired")] == [{"count": 1}] * 2
