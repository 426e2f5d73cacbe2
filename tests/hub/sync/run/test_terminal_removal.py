"""A terminal is deleted once it is empty, or known to be gone; never while it is in a zone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Run, RunTerminal
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.terminal_removal import may_still_hold, remove_terminal
from doorsync.hub.terminals import actions
from doorsync.hub.terminals.errors import AgentInUse, TerminalInUse
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories import world
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def test_terminal_in_a_zone_stays(club: Gym) -> None:
    with pytest.raises(TerminalInUse, match="Public"):
        remove_terminal(terminal=club.terminals[0], lost=True, actor=club.actor)


def test_terminal_that_may_hold_somebody_goes_only_when_it_is_lost(club: Gym) -> None:
    gate = club.terminals[0]
    run = start_run(company=club.company, choice=Selection(terminals=frozenset({gate.pk})), confirmed=None, actor=club.actor)
    club.zones[0].terminals.remove(gate)
    Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER).update(held=b"")  # not known any more
    assert may_still_hold(gate) == 1
    with pytest.raises(TerminalInUse, match="may hold, 1 entry"):
        remove_terminal(terminal=gate, actor=club.actor)
    remove_terminal(terminal=gate, lost=True, actor=club.actor)
    assert not Terminal.objects.filter(name="Gate").exists()
    assert not Holding.objects.filter(terminal_id=gate.pk).exists()
    assert not RunTerminal.objects.filter(run=run).exists()
    assert Run.objects.get(pk=run.pk).closed_at is not None


def test_empty_terminal_and_then_its_agent_go(club: Gym) -> None:
    spare = world.agent(club.company, "Spare")
    door = world.terminal(club.locations[0], spare, "Attic")
    with pytest.raises(AgentInUse, match="Attic"):
        actions.remove_agent(agent=spare, actor=club.actor)
    assert actions.rename_terminal(terminal=door, name="Loft", actor=club.actor)
    remove_terminal(terminal=door, actor=club.actor)
    actions.remove_agent(agent=spare, actor=club.actor)
    assert not Agent.objects.filter(name="Spare").exists()


def test_terminal_that_is_being_written_to_stays(club: Gym) -> None:
    attic = world.terminal(club.locations[0], club.agent, "Attic")
    Batch.objects.create(
        company=club.company,
        terminal=attic,
        agent=club.agent,
        seq=1,
        hash="",
        nonce="",
        orders=[[False, int(Kind.USER), "1", "", int(HoldingState.NEW), ""]],
        issued_at=timezone.now(),
    )
    with pytest.raises(TerminalInUse, match="may hold, 1 entry"):
        remove_terminal(terminal=attic, actor=club.actor)
