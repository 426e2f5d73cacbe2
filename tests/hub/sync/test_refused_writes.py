"""What a terminal that answers refuses or ignores is sent again by itself, for as long as it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.hub.web.sync.run_status import run_status
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart, Fault
from tests.hub.sync.synced import synced


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(9)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return synced(club, gate(club))


def gate(club: Gym) -> Selection:
    return Selection(terminals=frozenset([club.terminals[0].pk]))


def at_the_gate(club: Gym, there: Counterpart, fault: Fault) -> None:
    there.fault = lambda name: fault if name == club.terminals[0].public_id else ""


def names(club: Gym, there: Counterpart) -> set[str]:
    return {str(fields["name"]) for fields in there.device(club.terminals[0]).people().values()}


def run_terminal_at_the_gate(club: Gym) -> RunTerminal:
    return RunTerminal.objects.filter(terminal=club.terminals[0]).latest("pk")


@pytest.mark.requirement("I-07", mutation="unreachable() looking for lost terminals only; or settle() leaving retry_at empty")
def test_removal_that_a_terminal_ignored_is_tried_again_without_a_press(club: Gym, there: Counterpart) -> None:
    at_the_gate(club, there, "lying")
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    there.work()
    assert run_terminal_at_the_gate(club).state == RunTerminalState.PARTLY
    assert "Person 07" in names(club, there)

    there.fault = lambda _: ""
    assert retry_due(timezone.now() + timedelta(seconds=60)) == 1
    there.work()

    assert "Person 07" not in names(club, there)
    assert run_terminal_at_the_gate(club).state == RunTerminalState.DONE
    assert retry_due(timezone.now() + timedelta(hours=1)) == 0


@pytest.mark.requirement("I-07", mutation="refused_since not kept from one try to the next")
def test_pauses_between_tries_grow_to_five_minutes_and_never_end(club: Gym, there: Counterpart) -> None:
    at_the_gate(club, there, "lying")
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
        there.work()
        trail, batches, pauses = Entry.objects.count(), Batch.objects.count(), []
        for _ in range(40):
            run_terminal = run_terminal_at_the_gate(club)
            assert run_terminal.retry_at
            pauses.append((run_terminal.retry_at - timezone.now()).total_seconds())
            clock.move_to(run_terminal.retry_at)
            Agent.objects.update(waited_at=timezone.now())
            assert retry_due(timezone.now()) == 1
            there.work()
    assert pauses[0] == 1
    assert pauses[-20:] == [300] * 20
    assert all(before <= 1.25 * after for before, after in pairwise(pauses))
    assert Batch.objects.count() == batches + 40
    assert Entry.objects.count() == trail  # nothing new was learnt: what fails for a month fills no trail


def test_addition_that_a_full_terminal_refused_goes_in_when_there_is_room(club: Gym, there: Counterpart) -> None:
    at_the_gate(club, there, "full")
    club.add("Newcomer", club.members)
    start_run(company=club.company, choice=gate(club), confirmed=None, actor=club.actor)
    there.work()
    assert "Newcomer" not in names(club, there)

    there.fault = lambda _: ""
    retry_due(timezone.now() + timedelta(seconds=60))
    there.work()
    assert "Newcomer" in names(club, there)


def test_nothing_is_tried_again_that_is_not_wanted_any_more(club: Gym, there: Counterpart) -> None:
    at_the_gate(club, there, "full")
    newcomer = club.add("Newcomer", club.members)
    start_run(company=club.company, choice=gate(club), confirmed=None, actor=club.actor)
    there.work()
    remove_user(user=newcomer, actor=club.actor)
    there.work()
    assert retry_due(timezone.now() + timedelta(minutes=10)) == 0
    assert not Holding.objects.filter(terminal_id=club.terminals[0].pk).exclude(state=HoldingState.SAME).exists()


@pytest.mark.requirement("I-07", mutation="the refusing run terminal's tries waking one another")
def test_two_refusing_run_terminals_at_one_terminal_keep_to_their_pauses(club: Gym, there: Counterpart) -> None:
    """One for everybody, one for removals: a receipt of the one is no reason to try the other."""
    with time_machine.travel(timezone.now(), tick=False):  # a slow machine must not reach the end of a pause
        at_the_gate(club, there, "lying")
        club.add("Newcomer", club.members)
        start_run(company=club.company, choice=gate(club), confirmed=None, actor=club.actor)
        there.work()
        remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
        there.work()
        batches = Batch.objects.count()
        for _ in range(20):
            retry_due(timezone.now())
            there.work()
        assert Batch.objects.count() == batches


def test_run_says_when_it_is_tried_again(club: Gym, there: Counterpart) -> None:
    at_the_gate(club, there, "lying")
    remove_user(user=User.objects.get(last_name="Person 07"), actor=club.actor)
    there.work()
    (run_terminal,) = (
        run_terminal
        for run_terminal in run_status(Run.objects.latest("pk").public_id).run_terminals
        if run_terminal.terminal == club.terminals[0]
    )
    assert run_terminal.again_at == run_terminal_at_the_gate(club).retry_at is not None
    assert [row.name for row in run_terminal.problems] == ["Person 07"]


def test_page_that_carries_tries_again_what_is_due(club: Gym, there: Counterpart) -> None:
    """The agent does not dial out; a browser asks for its work."""
    Agent.objects.update(waited_at=None)
    at_the_gate(club, there, "lying")
    club.add("Newcomer", club.members)
    start_run(company=club.company, choice=gate(club), confirmed=None, actor=club.actor)
    there.work()
    there.fault = lambda _: ""
    assert retry_due(timezone.now() + timedelta(seconds=5)) == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=5), tick=False):
        there.work()
    assert "Newcomer" in names(club, there)


def test_terminal_that_cannot_be_read_is_read_again_by_itself(club: Gym, there: Counterpart) -> None:
    """And one that refuses to be erased is not erased again and again: only what it holds then is read."""
    for mode in (Mode.VERIFY, Mode.ERASE):
        there.refuses_whole = True
        choice = Selection(terminals=frozenset([club.terminals[0].pk]), mode=mode)
        run = start_run(company=club.company, choice=choice, confirmed=9, actor=club.actor)
        there.work()
        assert run.run_terminals.get().state == RunTerminalState.PARTLY
        there.refuses_whole = False
        assert retry_due(timezone.now() + timedelta(seconds=60)) == 1
        there.work()
        assert (run.run_terminals.get().state == RunTerminalState.DONE) is (mode == Mode.VERIFY)
        assert run_terminal_at_the_gate(club).state == RunTerminalState.DONE
