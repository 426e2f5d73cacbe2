"""When a terminal that did not answer is tried again, by a clock that does not always run forwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django_scopes import scope

from doorsync.hub.sync.models import RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from tests.factories.gym import gym
from tests.hub.sync.counterpart import Counterpart

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R-01", mutation="is_due() believing any retry_at; or failing_since left in the future")
def test_clock_that_is_put_back_makes_no_run_wait_until_it_has_caught_up(transactional_db: None) -> None:
    club = gym(["Alice"])
    with time_machine.travel(NOON, tick=False) as clock, scope(company=club.company):
        there = Counterpart(club.agent)
        there.fault = lambda _: "gone"
        start_run(company=club.company, choice=Selection(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor)
        there.work()

        clock.shift(timedelta(hours=-3))
        for _ in range(7):
            assert there.work(), "tried again at once, and then every few seconds"
            clock.shift(11)

        assert set(RunTerminal.objects.values_list("state", flat=True)) == {RunTerminalState.NOT_REACHED}
