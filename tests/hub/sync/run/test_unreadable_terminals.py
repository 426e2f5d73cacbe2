"""A terminal of which nobody knows what it holds, and that cannot be read: removals reach it all the same, and only they."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.holdings.terminal_status import Condition, terminal_statuses
from doorsync.hub.sync.models import Batch, Holding, Mode, Run, RunTerminal, RunTerminalState, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.unanswerable_batches import give_up_batch
from doorsync.hub.sync.run.unreadable_terminals import note_failed_read, unreadable_text
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.messages.terminal_codes import in_own_words
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.run.test_device_identity import again, club, sync, there
from tests.hub.sync.run.test_runs import names
from tests.hub.sync.sending import change, choice, open_run

__all__ = ["club", "there"]


def refuse(there: Counterpart) -> None:
    there.refuses_whole = True


def fail_in_the_middle(there: Counterpart) -> None:
    there.fails_to_read = "gone in the middle"


def die_of_it(there: Counterpart) -> None:
    there.fails_to_read = "dies of it"


def heal(there: Counterpart) -> None:
    there.refuses_whole, there.fails_to_read = False, ""


def work(there: Counterpart, rounds: int = 4) -> None:
    """Carry, whatever the pauses, as often as a test needs; the agent is heard of all the while, and starts again if it died."""
    for _ in range(rounds):
        Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
        RunTerminal.objects.exclude(retry_at=None).update(retry_at=timezone.now())
        there.work(rounds=3)
        if there.fails_to_read == "dies of it":
            there.hello()


def forget(there: Counterpart, *terminals: Terminal) -> None:
    """Nobody knows what they hold any more, and it is tried to read them."""
    for terminal in terminals:
        forget_what_is_held(again(terminal), UnreadCode.PEOPLE_LOST(found=0, held=9))
    there.hello()
    work(there)


def person(name: str) -> User:
    return User.objects.get(last_name=name)


def condition(terminal: Terminal) -> Condition:
    return terminal_statuses([Terminal.objects.select_related("agent").get(pk=terminal.pk)])[terminal.pk].condition


@pytest.mark.requirement("I-02", mutation="`_new` without `_take_away`; or a failed read that is not noted")
@pytest.mark.parametrize("fail", [refuse, fail_in_the_middle, die_of_it])
def test_unreadable_terminal_gets_removals_and_nobody_new(club: Gym, there: Counterpart, fail: Callable[[Any], None]) -> None:
    gate = club.terminals[0]
    fail(there)
    forget(there, gate)
    remove_user(user=person("Person 03"), actor=club.actor)
    club.add("Newcomer", club.members)
    open_run(club, gate)
    work(there)

    assert "Person 03" not in names(there, gate).values()
    assert "Newcomer" not in names(there, gate).values()
    assert len(names(there, gate)) == len(names(there, club.terminals[2])) - 1 + (
        "Newcomer" not in names(there, club.terminals[2]).values()
    )
    assert condition(gate) in (Condition.UNKNOWN, Condition.UNREACHABLE)
    assert "It has to be read whole before anybody is added; removals are sent all the same." in unreadable_text(again(gate))

    heal(there)
    work(there)
    sync(club, there)
    assert (condition(gate), unreadable_text(again(gate))) == (Condition.UP_TO_DATE, "")
    assert names(there, gate) == club.should_hold(gate)


@pytest.mark.requirement("I-02", mutation="`note_failed_read` noting nothing")
def test_removals_go_out_where_no_answer_to_a_reading_can_be_taken(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    forget_what_is_held(again(gate), UnreadCode.AGENT_FORKED())
    open_run(club, gate)
    there.fault = lambda _: "mute"
    work(there, rounds=1)
    reading = Batch.objects.select_related("terminal", "agent").get(terminal=gate, status=Batch.OPEN)
    assert reading.whole == "read"
    remove_user(user=person("Person 03"), actor=club.actor)
    with transaction.atomic():
        give_up_batch(reading, "too-large", accepted=True)
    there.fault = lambda _: ""
    there.fails_to_read = "dies of it"  # and is not started again: no later reading is answered either
    RunTerminal.objects.update(retry_at=None)
    there.work(rounds=5)

    assert "Person 03" not in names(there, gate).values()


@pytest.mark.requirement("I-03", mutation="removals at an unread terminal sent with `new=False`")
@pytest.mark.parametrize("known", [True, False])
def test_local_person_under_the_number_of_a_removed_one_stays_and_is_told_of(club: Gym, there: Counterpart, known: bool) -> None:
    """`known`: what was held there was not forgotten at first, only doubted."""
    gate, leaver = club.terminals[0], person("Person 03")
    there.refuses_whole = True
    if known:
        Terminal.objects.filter(pk=gate.pk).update(unread=UnreadCode.PEOPLE_ENROLLED(more=1))
        there.hello()
        work(there)
    else:
        forget(there, gate)
    local = {"name": "Fire brigade", "cards": ["999112"], "pin": "", "schedules": [], "until": ""}
    there.device(gate).memory[Kind.USER, str(leaver.number)] = dict(local)
    remove_user(user=leaver, actor=club.actor)
    work(there)

    assert there.device(gate).memory[Kind.USER, str(leaver.number)] == local
    assert Stranger.objects.get(terminal=gate).name == "Fire brigade"
    assert condition(gate) is Condition.UNKNOWN


@pytest.mark.requirement("I-06", mutation="only removals chosen for a terminal that cannot be read")
def test_card_taken_away_goes_out_to_an_unreadable_terminal(club: Gym, there: Counterpart) -> None:
    gate, boss = club.terminals[0], person("Boss")
    there.refuses_whole = True
    forget(there, gate)
    club.add("Newcomer", club.members)
    change(club, boss, credentials={"card": frozenset()})
    work(there)

    assert there.device(gate).people()[str(boss.number)]["cards"] == []
    assert "Newcomer" not in names(there, gate).values()


@pytest.mark.requirement("I-06", mutation="NARROWING without `~NEVER_THERE`")
def test_who_never_was_confirmed_at_an_unreadable_terminal_is_not_added_by_a_narrower_record(
    club: Gym, there: Counterpart
) -> None:
    office = club.terminals[1]
    newcomer = club.add("Newcomer", club.staff, card="5511")
    there.refuses_whole = True
    forget(there, office)
    change(club, newcomer, credentials={"card": frozenset()})
    work(there)
    assert "Newcomer" not in names(there, office).values()


@pytest.mark.requirement("D-03", mutation="`what_takes_away` without the guard")
def test_mass_removal_at_an_unreadable_terminal_waits_for_the_typed_number(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.refuses_whole = True
    forget(there, gate)
    for name in [f"Person {number:02}" for number in range(8)]:
        remove_user(user=person(name), actor=club.actor)
    work(there)
    kept = len(names(there, gate))
    assert kept > 13 - 8

    for _ in range(5):
        send_what_waits(timezone.now())
    runs = Run.objects.count()
    for _ in range(5):
        send_what_waits(timezone.now())
    assert Run.objects.count() == runs
    planned = build_plan(club.company, choice(gate))
    assert planned.to_confirm
    open_run(club, gate, confirmed=planned.to_confirm)
    work(there)
    assert len(names(there, gate)) == 13 - 8


@pytest.mark.requirement("I-06", mutation="`_take_away` for unread terminals only")
def test_verify_that_cannot_read_removes_all_the_same_and_is_not_done(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    Agent.objects.update(waited_at=None)  # nothing goes out without a press
    there.refuses_whole = True
    remove_user(user=person("Person 03"), actor=club.actor)
    run = open_run(club, gate, mode=Mode.VERIFY)
    there.work()

    assert "Person 03" not in names(there, gate).values()
    run_terminal = RunTerminal.objects.get(run=run)
    assert (run_terminal.state, run_terminal.done_removed) == (RunTerminalState.PARTLY, 1)
    assert "It has to be read whole before anybody is added" in describe_selection(run_terminal.message)


def test_a_removal_that_an_unreadable_terminal_refuses_ends_its_run_terminal_and_is_tried_again(
    club: Gym, there: Counterpart
) -> None:
    gate = club.terminals[0]
    there.refuses_whole = True
    forget(there, gate)
    remove_user(user=person("Person 03"), actor=club.actor)
    there.fault = lambda _: "lying"
    work(there, rounds=2)
    assert "Person 03" in names(there, gate).values()
    assert RunTerminal.objects.filter(terminal=gate, retry_at__isnull=False).exists()
    there.fault = lambda _: ""
    work(there)
    assert "Person 03" not in names(there, gate).values()


def test_what_is_known_of_an_unreadable_terminal_is_forgotten_once(club: Gym, there: Counterpart) -> None:
    gate = again(club.terminals[0])
    gate.unread = UnreadCode.PEOPLE_ENROLLED(more=1)
    gate.save()
    note_failed_read(gate, in_own_words("Not now."))
    assert not Holding.objects.filter(terminal_id=gate.pk, before=None).exists()
    Holding.objects.filter(terminal_id=gate.pk).update(before=None)
    note_failed_read(gate, in_own_words("Not now either."))
    assert not Holding.objects.filter(terminal_id=gate.pk).exclude(before=None).exists()
    assert "Not now either." in unreadable_text(gate)
