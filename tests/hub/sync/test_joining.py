"""A second press while a run is open: which one it joins, and what the joined run terminals may still remove."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Mode, RunTerminalState
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run, send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(30)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everybody is in the terminals; then the pool goes away, which keeps the next run open."""
    counterpart = Counterpart(club.agent)
    send(club, counterpart)
    pool = club.terminals[2].public_id
    counterpart.fault = lambda name: "gone" if name == pool else ""
    return counterpart


def remove(club: Gym, number: int) -> None:
    for user in User.objects.order_by("-number")[:number]:
        club.remove(user)


@pytest.mark.requirement("R-06", mutation="_add() counting the ceiling from zero")
def test_what_was_removed_before_does_not_count_against_the_joined_run_terminals_ceiling(club: Gym, there: Counterpart) -> None:
    remove(club, 5)
    first = send(club, there)
    remove(club, 19)

    second = send(club, there, confirmed=19)

    assert first == second
    run_terminal = second.run_terminals.get(terminal=club.terminals[0])
    assert (run_terminal.state, run_terminal.done_removed) == (RunTerminalState.DONE, 24)
    assert len(there.device(club.terminals[0]).people()) == 6


@pytest.mark.requirement("R-07", mutation="Choice.key() without the mode")
def test_verify_does_not_join_a_run_that_only_sends_changes(club: Gym, there: Counterpart) -> None:
    club.add("Newcomer", club.members)
    changes = open_run(club)
    verify = send(club, there, mode=Mode.VERIFY)
    assert changes != verify
    assert Terminal.objects.get(pk=club.terminals[0].pk).verified_at


@pytest.mark.requirement("R-03", mutation="_goes_on() reading nothing again where nothing waits")
def test_verify_that_joins_a_run_reads_again_who_was_read_before(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    first = send(club, there, mode=Mode.VERIFY)
    person = there.device(gate).memory[Kind.USER, str(User.objects.order_by("number")[0].number)]
    person["cards"] = ["999112"]  # somebody did it at the terminal, after it was read

    second = send(club, there, mode=Mode.VERIFY)

    assert first == second  # the pool keeps it open
    assert second.run_terminals.get(terminal=gate).state == RunTerminalState.DONE
    assert there.device(gate).people() == there.device(club.terminals[2]).people()


def test_run_terminal_that_goes_on_without_a_typed_number_is_the_guards_again(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    remove(club, 19)
    first = send(club, there, confirmed=38)
    remove(club, 1)

    second = open_run(club)
    remove(club, 1)  # more than were foreseen, and fewer than the guard lets pass
    there.work()

    assert first == second  # the pool keeps it open
    run_terminal = second.run_terminals.get(terminal=gate)
    assert (run_terminal.state, run_terminal.done_removed) == (RunTerminalState.DONE, 21)
    assert len(there.device(gate).people()) == 9
