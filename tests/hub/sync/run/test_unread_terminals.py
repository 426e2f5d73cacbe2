"""A terminal of which nobody knows what it holds, and that cannot be read whole either: it is asked ever more rarely."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch, Run
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import UnreadCode
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

ROUNDS = 40


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.mark.requirement("I-02", mutation="`start_reading` opening a run for a terminal whose last reading just failed")
def test_a_terminal_that_lists_without_end_is_not_read_over_and_over(club: Gym) -> None:
    there = Counterpart(club.agent)
    there.hello()
    now = timezone.now()
    Agent.objects.filter(pk=club.agent.pk).update(waited_at=now, seen_at=now)
    there.work()
    there.refuses_whole = True
    terminal = club.terminals[0]
    terminal.refresh_from_db()
    forget_what_is_held(terminal, UnreadCode.AGENT_FORKED())
    Agent.objects.filter(pk=club.agent.pk).update(waited_at=now, seen_at=now)
    start_reading(Agent.objects.get(pk=club.agent.pk))
    runs, read = Run.objects.count(), Batch.objects.filter(whole="read").count()
    for _ in range(ROUNDS):
        there.work(rounds=2)
    assert Run.objects.count() - runs <= 1
    assert Batch.objects.filter(whole="read").count() - read <= 3
