"""What the page of a run says of its run terminals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.models import F
from django_scopes import scope

from doorsync.hub.sync.models import RunTerminal, RunTerminalState
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    Counterpart(made.agent)
    with scope(company=made.company):
        yield made


@pytest.mark.parametrize("state", [state for state in RunTerminalState if state != RunTerminalState.DONE])
def test_no_run_terminal_is_at_100_percent_before_it_is_done(club: Gym, state: RunTerminalState) -> None:
    run = open_run(club, club.terminals[0])
    RunTerminal.objects.update(state=state, done_new=F("planned_new"))
    view = run_status(run.public_id)
    assert view.run_terminals[0].percent == 99
    assert view.percent <= 99
    RunTerminal.objects.update(state=RunTerminalState.DONE)
    assert run_status(run.public_id).run_terminals[0].percent == 100
