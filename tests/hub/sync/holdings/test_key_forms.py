"""Terminals that keep entries under other keys than before, and removals of what was never sent there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.sync.models import Run, RunTerminal, RunTerminalState, Stranger
from doorsync.hub.terminals.models import Terminal
from tests.factories.gym import Gym, gym
from tests.factories.world import credential
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.placed import all_same, in_places, names_in, there_with, user
from tests.hub.sync.sending import send


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


@pytest.mark.requirement("I-04", mutation="`drop_never_sent` not called: the terminal is never up to date again")
def test_whoever_was_deleted_before_they_were_sent_anywhere_keeps_no_terminal_waiting(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    club.remove(club.add("Dora", club.members))
    run = send(club, there)
    assert all_same(gate)
    run_terminal = RunTerminal.objects.get(run=Run.objects.get(pk=run.pk), terminal=gate)
    assert (run_terminal.state, run_terminal.done_removed) == (RunTerminalState.DONE, 1)


def test_whoever_may_have_been_sent_is_removed_at_their_place(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    dora = club.add("Dora", club.members)
    there.fault = lambda _: "crash"
    send(club, there)
    club.remove(dora)
    there.fault = lambda _: ""
    send(club, there)
    send(club, there)
    assert names_in(there.device(gate)) == {"1": "Alice", "2": "Bob", "3": "Charlie"}
    assert all_same(gate)


def changes_to(there: Counterpart, gate: Terminal, form: KeyForm) -> None:
    """Another firmware, say: what is in it stays where it is."""
    there.device(gate).capabilities = {**there.device(gate).capabilities, "key_form": form}


@pytest.mark.requirement("I-06", mutation="`keeps_otherwise` always false: the removal finds no place, and the person stays")
@pytest.mark.parametrize("form", [KeyForm.PLACE, KeyForm.CARD])
def test_whoever_is_removed_while_a_terminal_gets_other_keys_is_removed_where_they_are(
    club: Gym, gate: Terminal, form: KeyForm
) -> None:
    for number, name in enumerate(("Alice", "Bob", "Charlie")):
        credential(user(name), "card", str(7001 + number))
    club.tell()
    there = there_with(club, gate)
    changes_to(there, gate, form)
    send(club, there)
    club.remove(user("Bob"))
    send(club, there)
    send(club, there)
    assert sorted(names_in(there.device(gate)).values()) == ["Alice", "Charlie"]
    assert all_same(gate)


@pytest.mark.requirement("I-02", mutation="`follow_key_forms` not called: nobody hears who is in it")
@pytest.mark.parametrize("form", [KeyForm.PLACE, KeyForm.CARD])
def test_a_terminal_that_takes_our_numbers_from_now_on_is_read_and_nobody_stays_under_a_former_place(
    club: Gym, gate: Terminal, form: KeyForm
) -> None:
    for number, name in enumerate(("Alice", "Bob", "Charlie")):
        credential(user(name), "card", str(7001 + number))
    club.tell()
    there = there_with(club, gate, key_form=form)
    there.counts = False  # nothing but its keys tells
    changes_to(there, gate, KeyForm.DIGITS)
    club.remove(user("Bob"))
    send(club, there)
    send(club, there)
    assert names_in(there.device(gate)) == {str(user(name).number): name for name in ("Alice", "Charlie")}
    assert not Stranger.objects.filter(terminal=gate, kind=Kind.USER).exists()


def test_somebody_else_at_a_former_place_is_shown(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    there.device(gate).memory[Kind.USER, "9"] = {"name": "Cleaner", "cards": ["1"], "pin": "", "schedules": [], "until": ""}
    changes_to(there, gate, KeyForm.DIGITS)
    send(club, there)
    send(club, there)
    assert set(Stranger.objects.filter(terminal=gate, kind=Kind.USER).values_list("name", flat=True)) == {"Cleaner"}


def test_a_new_terminal_that_tells_its_form_before_it_holds_anybody_is_not_read_for_it(club: Gym, gate: Terminal) -> None:
    there = Counterpart(club.agent)
    changes_to(there, gate, KeyForm.PLACE)
    there.device(gate).capabilities["first_place"] = 5
    Terminal.objects.filter(pk=gate.pk).update(pinned_at=None)
    send(club, there)
    assert sorted(names_in(there.device(gate))) == ["5", "6", "7"]
    gate.refresh_from_db()
    assert not gate.verified_at
