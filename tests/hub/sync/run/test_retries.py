"""What a terminal missed is sent again: after which pauses, in which runs, and what costs it nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.sync.models import Batch, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import OPEN, pause_after, start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.synced import everything, synced


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(30)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everybody is in the terminals, and the agent waits at the hub."""
    return synced(club, everything(club))


def at_the_gate(club: Gym, there: Counterpart) -> set[str]:
    return {str(fields["name"]) for fields in there.device(club.terminals[0]).people().values()}


def lose_terminals(club: Gym, there: Counterpart) -> None:
    """Person 07 is removed while all terminals are off, and the run has given them up."""
    there.fault = lambda _: "gone"
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    give_up_batch(there)


def give_up_batch(there: Counterpart) -> None:
    """The minute passes in which open runs try to reach their terminals."""
    there.work()
    RunTerminal.objects.filter(state__in=OPEN).update(failing_since=timezone.now() - timedelta(seconds=61), retry_at=None)
    there.work()
    assert not Run.objects.filter(closed_at=None).exists()


def test_terminal_is_tried_again_though_the_clock_was_put_back(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED).update(retry_at=timezone.now() + timedelta(hours=3))

    assert retry_due(timezone.now()) == 2


def test_terminal_that_is_back_gets_what_it_missed(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    assert retry_due(timezone.now()) == 0, "not at once again"

    there.fault = lambda _: ""
    assert retry_due(timezone.now() + timedelta(seconds=80)) == 2
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert retry_due(timezone.now() + timedelta(seconds=100)) == 0


@pytest.mark.requirement("R-05", mutation="retry_terminal() waiting for retry_at")
def test_agent_that_finds_a_terminal_again_need_not_wait_for_the_next_try(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    there.fault = lambda _: ""
    gate, agent = club.terminals[0].public_id, agent_checks.find_agent(club.agent.public_id)

    assert dispatch.note_reached(agent, "0" * 32, gate) == {"ok": False}
    assert dispatch.note_reached(agent, there.nonce, "nobody") == {"ok": True}
    assert dispatch.note_reached(agent, there.nonce, gate) == {"ok": False}, "it was tried a moment ago"
    RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED).update(changed_at=timezone.now() - timedelta(seconds=10))
    assert dispatch.note_reached(agent, there.nonce, gate) == {"ok": True}
    assert dispatch.note_reached(agent, there.nonce, gate) == {"ok": False}, "it is being tried"
    there.work()

    assert "Person 07" not in at_the_gate(club, there)
    assert RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED).count() == 1, "the other one was not asked for"
    assert dispatch.note_reached(agent, there.nonce, gate) == {"ok": True}


def test_run_of_removals_says_so_and_that_it_goes_on_by_itself(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    run = Run.objects.latest("pk")
    assert run.title == "What goes out by itself"
    assert {run_terminal.goes_on for run_terminal in run_status(run.public_id).run_terminals} == {True}
    Agent.objects.update(waited_at=timezone.now() - timedelta(minutes=3), seen_at=timezone.now() - timedelta(minutes=3))
    assert {run_terminal.goes_on for run_terminal in run_status(run.public_id).run_terminals} == {False}


@pytest.mark.requirement("R-05", mutation="no upper end in pause_after(); or a fixed pause")
def test_pauses_grow_from_a_second_to_five_minutes_and_differ() -> None:
    pauses = [pause_after(timedelta(seconds=2**power)).total_seconds() for power in range(-3, 20) for _ in range(20)]
    assert (min(pauses), max(pauses)) == (1, 300)
    assert len({pause_after(timedelta(seconds=60)) for _ in range(50)}) > 10


@pytest.mark.requirement("R-05", mutation="the hub's own try starting the minute anew; or opening other failed run terminals")
def test_terminal_that_is_off_for_long_costs_one_small_batch_a_try_and_no_trail(club: Gym, there: Counterpart) -> None:
    lose_terminals(club, there)
    trail, batches = Entry.objects.count(), Batch.objects.count()
    partly = RunTerminal.objects.filter(terminal=club.terminals[2], state=RunTerminalState.NOT_REACHED)
    partly.update(state=RunTerminalState.PARTLY)

    for tries in range(1, 4):
        RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED).update(retry_at=timezone.now())
        assert retry_due(timezone.now()) == 1
        there.work()
        run_terminal = RunTerminal.objects.get(state=RunTerminalState.NOT_REACHED)
        assert run_terminal.retry_at
        assert timedelta(seconds=60) < run_terminal.retry_at - timezone.now() <= timedelta(minutes=5)
        assert Batch.objects.count() == batches + tries

    assert Entry.objects.count() == trail
    assert Batch.objects.order_by("-pk")[0].orders == []
    assert RunTerminal.objects.filter(state=RunTerminalState.PARTLY).exists()


@pytest.mark.requirement(
    "R-05", mutation="trying only the newest run terminal of a terminal; or forgetting run terminals when it is reached"
)
def test_newer_run_for_less_does_not_hide_what_an_older_one_could_not_send(club: Gym, there: Counterpart) -> None:
    club.add("Newcomer", club.members)
    there.fault = lambda _: "gone"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    give_up_batch(there)
    lose_terminals(club, there)
    there.fault = lambda _: ""
    start_run(company=club.company, choice=Selection(groups=frozenset([club.staff.pk])), confirmed=None, actor=club.actor)

    there.work()
    while retry_due(timezone.now() + timedelta(seconds=80)):
        there.work()

    assert at_the_gate(club, there) == {str(user) for user in User.objects.all()}
    assert not RunTerminal.objects.filter(state=RunTerminalState.NOT_REACHED).exclude(retry_at=None).exists()


@pytest.mark.requirement("R-05", mutation="not settling run terminals whose work another run has done")
def test_what_comes_later_than_a_lost_run_waits_for_its_own_press(club: Gym, there: Counterpart) -> None:
    """Additions go out with a press only: a run terminal of long ago must not send them, once another has done its work."""
    club.add("Newcomer", club.members)
    there.fault = lambda _: "gone"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    give_up_batch(there)
    there.fault = lambda _: ""
    start_run(
        company=club.company,
        choice=Selection(terminals=frozenset(gate.pk for gate in club.terminals)),
        confirmed=None,
        actor=club.actor,
    )
    there.work()
    club.add("Latecomer", club.members)

    assert retry_due(timezone.now()) == 0
    assert {"Newcomer", "Latecomer"} & at_the_gate(club, there) == {"Newcomer"}
