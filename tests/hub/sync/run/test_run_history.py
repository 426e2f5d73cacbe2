"""Past runs: what each did at the time, as far as an administrator may see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.sync.models import Run, RunTerminalState
from doorsync.hub.sync.run.run_history import recent_runs
from doorsync.hub.sync.run.runs import PATIENCE
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.sending import open_run


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def test_the_newest_come_first_and_no_more_than_asked(club: Gym) -> None:
    runs = [open_run(club, terminal) for terminal in club.terminals]
    assert [past.run for past in recent_runs(club.administrator, most=2)] == [runs[2], runs[1]]


def test_terminals_that_are_done_and_those_still_tried_are_counted(club: Gym) -> None:
    run = open_run(club)
    gate, office, pool = run.run_terminals.order_by("terminal__location__name", "terminal__name")
    for row, state, again in (
        (gate, RunTerminalState.DONE, None),
        (office, RunTerminalState.NOT_REACHED, timezone.now()),
        (pool, RunTerminalState.NOT_REACHED, None),
    ):
        row.state, row.retry_at = state, again
        row.save()
    (past,) = recent_runs(club.administrator)
    assert (past.done, past.waiting, past.total) == (1, 1, 3)


@pytest.mark.parametrize(("later", "told"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_run_that_closed_late_says_when_once_nothing_is_tried_any_more(club: Gym, later: timedelta, *, told: bool) -> None:
    run = open_run(club)
    closed = run.opened_at + PATIENCE + later
    Run.objects.update(closed_at=closed)
    assert recent_runs(club.administrator)[0].late == (closed if told else None)
    run.run_terminals.update(state=RunTerminalState.NOT_REACHED, retry_at=timezone.now())
    assert recent_runs(club.administrator)[0].late is None


def test_whoever_is_limited_sees_runs_at_their_own_locations_only(club: Gym) -> None:
    north = world.administrator(club.company, username="north")
    administrators.change_role(administrator=north, role=Role(Level.MANAGER, [club.locations[0]]), actor=club.actor)
    open_run(club)
    own = open_run(club, club.terminals[0], club.terminals[1])
    assert [past.run for past in recent_runs(world.again(north))] == [own]
