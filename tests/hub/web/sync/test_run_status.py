"""What the page of a run says of its run terminals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.models import F
from django_scopes import scope

from doorsync.hub.sync.models import RunTerminal, RunTerminalState, Stranger
from doorsync.hub.sync.run.stranger_decisions import keep_strangers
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.holdings.test_strangers import enrol
from tests.hub.sync.sending import open_run, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    Counterpart(made.agent)
    with scope(company=made.company):
        yield made


@pytest.mark.requirement("I-04", mutation="_did() saying that nothing was to be done whenever nothing was done")
def test_run_says_who_waits_for_a_number_that_somebody_enrolled_there_has(club: Gym) -> None:
    there, gate = Counterpart(club.agent), club.terminals[0]
    send(club, there)
    enrol(there, gate, "7000")
    club.add("Newcomer", club.members, number=7000)
    view = run_status(send(club, there).public_id)
    assert view.state == "limited"
    at_gate = next(each for each in view.run_terminals if each.terminal == gate)
    assert (at_gate.done, at_gate.planned, at_gate.status.held_up) == (0, 1, 1)
    assert (at_gate.look.tone, str(at_gate.look.word)) == ("wait", "somebody to decide on")
    assert at_gate.left == (
        "1 person is known to Gate only: somebody has to decide on them. "
        "1 person cannot be added there meanwhile: whoever was enrolled at the terminal itself has their number."
    )
    assert [(each.name, each.message.split(" by ")[0]) for each in at_gate.problems] == [
        ("Newcomer", "Number 7000 is held at this terminal")
    ]
    assert at_gate.left in view.sentence

    alone = run_status(send(club, there, gate).public_id)
    assert alone.sentence.startswith("Nothing was changed. 1 person is known to Gate only")
    keep_strangers(terminal=gate, ids=[Stranger.objects.get().pk], actor=club.actor)
    kept = run_status(alone.run.public_id).run_terminals[0]
    assert kept.left.startswith("Gate cannot hold 1 person. 1 person cannot be added there meanwhile")


def test_run_that_could_do_nothing_does_not_say_that_nothing_was_to_be_done(club: Gym) -> None:
    there, gate = Counterpart(club.agent), club.terminals[0]
    send(club, there)
    enrol(there, gate, "7000")
    club.add("Newcomer", club.members, number=7000)
    view = run_status(send(club, there, gate).public_id)
    assert view.sentence.startswith("Nothing was changed. 1 person is known to Gate only")


@pytest.mark.parametrize("state", [state for state in RunTerminalState if state != RunTerminalState.DONE])
def test_no_run_terminal_is_at_100_percent_before_it_is_done(club: Gym, state: RunTerminalState) -> None:
    run = open_run(club, club.terminals[0])
    RunTerminal.objects.update(state=state, done_new=F("planned_new"))
    view = run_status(run.public_id)
    assert view.run_terminals[0].percent == 99
    assert view.percent <= 99
    RunTerminal.objects.update(state=RunTerminalState.DONE)
    assert run_status(run.public_id).run_terminals[0].percent == 100
