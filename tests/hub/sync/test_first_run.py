"""A terminal that was never heard of: what it can hold is asked first."""

from __future__ import annotations

import pytest
from django_scopes import scope, scopes_disabled

from doorsync.hub.sync.models import Holding, HoldingState, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import gym
from tests.hub.sync.counterpart import Counterpart


@pytest.mark.django_db(transaction=True)
def test_first_run_with_two_cards_a_person_ends_right_after_one_press() -> None:
    """Until a terminal was heard of it is taken to hold one card a person, so everybody is refused before the press."""
    club = gym()
    there = Counterpart(club.agent)
    for device in there.devices.values():
        device.capabilities["cards_per_user"] = 2
    with scopes_disabled():
        Terminal.objects.update(limits={})
    with scope(company=club.company):
        for number in range(5):
            cards = frozenset({f"{number}1", f"{number}2"})
            fields = {"last_name": f"P{number}", "groups": frozenset({club.members.pk}), "credentials": {"card": cards}}
            write_users(company=club.company, writes=[Write(fields)], actor=club.actor)  # type: ignore[arg-type]
        assert set(Holding.objects.filter(kind=1).values_list("state", flat=True)) == {HoldingState.REFUSED}

        run = start_run(
            company=club.company, choice=Selection(groups=frozenset({club.members.pk})), confirmed=None, actor=club.actor
        )
        there.work()

        assert {run_terminal.state for run_terminal in run_status(run.public_id).run_terminals} == {RunTerminalState.DONE}
        assert len(there.device(club.terminals[0]).people()) == 5
        assert not Holding.objects.filter(kind=1).exclude(state=HoldingState.SAME).exists()
