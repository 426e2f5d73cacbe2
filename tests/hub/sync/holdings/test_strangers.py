"""Whoever only the terminal knows is shown, and stays until somebody decides; what is the hub's own is known again."""

from __future__ import annotations

import pytest
from django.db import transaction

from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.errors import NoStranger
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, RunTerminal, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.batches import void_batch
from doorsync.hub.sync.run.device_identity import accept_replacement
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.stranger_decisions import release_strangers
from doorsync.hub.sync.run.unanswerable_batches import give_up_batch
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.messages.schemas import Outcome
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.run.test_device_identity import again, club, sync, there
from tests.hub.sync.run.test_runs import everything, names
from tests.hub.sync.sending import limit

__all__ = ["club", "there"]
FIRE = {"name": "Fire brigade", "cards": ["999112"], "pin": "", "schedules": [], "until": ""}


def enrol(there: Counterpart, terminal: Terminal, key: str, *, own: bool = False) -> None:
    """Somebody does it at the terminal itself."""
    there.device(terminal).memory[Kind.USER, key] = dict(FIRE)
    if own:
        there.device(terminal).own.add((Kind.USER, key))


def row(terminal: Terminal, key: str) -> Holding:
    return Holding.objects.get(terminal_id=terminal.pk, kind=Kind.USER, key=key)


@pytest.mark.requirement("I-03", mutation="Order.new always false; or an agent that puts without looking")
def test_local_person_is_not_overwritten_by_whoever_gets_the_number(club: Gym, there: Counterpart) -> None:
    """Case 12: whoever enrolled them at the terminal took the number that the hub gives next."""
    gate = club.terminals[0]
    number = User.objects.order_by("-number")[0].number + 1
    enrol(there, gate, str(number))
    club.add("Newcomer", club.members, number=number)
    assert (
        next(
            terminal_plan
            for terminal_plan in build_plan(club.company, everything(club)).terminal_plans
            if terminal_plan.terminal == gate
        ).new
        == 1
    )

    sync(club, there)

    assert there.device(gate).memory[Kind.USER, str(number)] == FIRE
    assert row(gate, str(number)).state == HoldingState.REFUSED
    assert row(gate, str(number)).refusal == RefusalCode.NUMBER_TAKEN(key=str(number), name="Fire brigade")
    assert f"Number {number} is held at this terminal by Fire brigade" in describe_selection(row(gate, str(number)).refusal)
    assert names(there, club.terminals[2])[str(number)] == "Newcomer"  # other doors are not kept waiting
    assert Stranger.objects.get().name == "Fire brigade"


@pytest.mark.requirement("I-03", mutation="apply_snapshot() making holdings of strangers, as it did")
def test_verify_shows_strangers_and_removes_nobody(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    sync(club, there)
    assert there.device(gate).memory[Kind.USER, "7000"] == FIRE
    assert build_plan(club.company, everything(club)).removed == 0
    assert (
        next(
            terminal_plan
            for terminal_plan in build_plan(club.company, everything(club)).terminal_plans
            if terminal_plan.terminal == gate
        ).strangers
        == 1
    )


def test_stranger_takes_the_room_of_somebody_new(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    limit(club, there, gate, capacity=len(names(there, gate)) + 2)
    enrol(there, gate, "7000")
    sync(club, there, Mode.VERIFY)
    for name in ("First", "Second"):
        club.add(name, club.members)
    terminal_plan = next(
        terminal_plan
        for terminal_plan in build_plan(club.company, everything(club)).terminal_plans
        if terminal_plan.terminal == gate
    )
    assert (terminal_plan.new, terminal_plan.refused) == (1, 1)


def test_stranger_who_is_gone_is_forgotten(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    club.add("Newcomer", club.members, number=7000)
    sync(club, there)
    del there.device(gate).memory[Kind.USER, "7000"]
    sync(club, there)
    sync(club, there)
    assert not Stranger.objects.exists()
    assert names(there, gate)["7000"] == "Newcomer"


@pytest.mark.requirement("I-03", mutation="findings.taken() leaving out `own`; or release() taking them too")
def test_own_administrators_are_never_removed_nor_replaced(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    person = User.objects.get(last_name="Person 03")
    enrol(there, gate, "9001", own=True)
    enrol(there, gate, str(person.number), own=True)  # one of ours was made an administrator at the terminal
    sync(club, there, Mode.VERIFY)
    with pytest.raises(NoStranger):
        release_strangers(terminal=gate, ids=Stranger.objects.values_list("pk", flat=True), actor=club.actor)
    assert row(gate, str(person.number)).refusal.code == "number-of-administrator"
    assert "own administrators" in describe_selection(row(gate, str(person.number)).refusal)
    remove_user(user=person, actor=club.actor)
    sync(club, there)
    planned = build_plan(club.company, everything(club, Mode.ERASE))
    sync(club, there, Mode.ERASE)
    assert {"9001", str(person.number)} <= set(names(there, gate))
    assert planned.to_confirm == sum(
        terminal_plan.held for terminal_plan in planned.terminal_plans
    )  # they are not erased, and not counted


def test_one_of_ours_who_became_an_administrator_there_is_found_by_a_change(club: Gym, there: Counterpart) -> None:
    gate, person = club.terminals[0], User.objects.get(last_name="Person 03")
    place, before = (Kind.USER, str(person.number)), dict(there.device(gate).memory[Kind.USER, str(person.number)])
    there.device(gate).own.add(place)
    club.rename(person, "Renamed")
    sync(club, there)
    assert there.device(gate).memory[place] == before
    assert Stranger.objects.get(terminal=gate).own
    assert row(gate, str(person.number)).refusal.code == "number-of-administrator"
    assert names(there, club.terminals[2])[str(person.number)] == "Renamed"


@pytest.mark.requirement("I-03", mutation="to_confirm leaving strangers out where terminals are erased")
def test_erase_says_how_many_strangers_it_would_cost(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    enrol(there, gate, "9001", own=True)
    sync(club, there, Mode.VERIFY)
    planned = build_plan(club.company, everything(club, Mode.ERASE))
    assert planned.erased_strangers == 1
    assert planned.to_confirm == sum(terminal_plan.held for terminal_plan in planned.terminal_plans) + 1
    sync(club, there, Mode.ERASE)
    assert "7000" not in names(there, gate)
    assert "9001" in names(there, gate)


@pytest.mark.requirement("I-03", mutation="is_ours() taking nobody again after everything was forgotten")
def test_our_own_people_are_known_again_after_everything_was_forgotten(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    renamed = User.objects.get(last_name="Person 01")
    with_card = world.user(club.company, "Cardholder", club.members, card="4242")
    club.tell(with_card)
    sync(club, there)
    club.rename(renamed, "Married")
    writes = there.device(gate).writes
    forget_what_is_held(again(gate), UnreadCode.AGENT_FORKED())

    sync(club, there)

    assert not Stranger.objects.exists()
    assert names(there, gate) == club.should_hold(gate)
    assert there.device(gate).writes == writes + 1  # only what had changed


def test_removed_person_is_still_removed_after_everything_was_forgotten(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.fault = lambda _: "gone"
    remove_user(user=User.objects.get(last_name="Person 03"), actor=club.actor)
    there.work(3)
    there.fault = lambda _: ""
    RunTerminal.objects.update(retry_at=None)
    forget_what_is_held(again(gate), UnreadCode.AGENT_FORKED())
    sync(club, there)
    assert names(there, gate) == club.should_hold(gate)
    assert not Stranger.objects.exists()


def test_people_of_a_device_from_elsewhere_are_strangers_though_their_numbers_are_ours(club: Gym, there: Counterpart) -> None:
    """A second-hand device takes the place of the old one: under our numbers stands somebody else."""
    gate = club.terminals[0]
    number = str(User.objects.get(last_name="Person 05").number)
    there.device(gate).memory, there.device(gate).serial = {}, "SECOND-HAND"
    enrol(there, gate, number)
    sync(club, there)
    accept_replacement(terminal=gate, actor=club.actor)
    there.work()
    sync(club, there)

    assert there.device(gate).memory[Kind.USER, number] == FIRE
    assert Stranger.objects.get().key == number
    assert set(club.should_hold(gate)) == set(names(there, gate))


def test_schedule_that_somebody_else_keeps_under_our_number_is_left_alone(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    nights = world.schedule(club.company, "Nights", [["1", "22:00", "24:00"]])
    theirs: dict[str, object] = {"name": "Cleaning", "slots": [["2", "06:00", "07:00"]]}
    there.device(gate).memory[Kind.SCHEDULE, str(nights.number)] = theirs
    world.right(club.members, club.zones[0], nights)
    club.tell()
    sync(club, there)
    assert there.device(gate).memory[Kind.SCHEDULE, str(nights.number)] == theirs
    refused = Holding.objects.get(terminal_id=gate.pk, kind=Kind.SCHEDULE, key=str(nights.number))
    assert refused.refusal.code == "schedule-number-taken"
    assert "another time schedule at this terminal: Cleaning" in describe_selection(refused.refusal)


@pytest.mark.requirement("I-03", mutation="Order.new false where something is removed")
def test_removal_of_who_never_was_there_touches_nobody_else(club: Gym, there: Counterpart) -> None:
    """Somebody was enrolled at the terminal under a number that the hub gave away, and took back before anything was sent."""
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    remove_user(user=club.add("Newcomer", club.members, number=7000), actor=club.actor)
    there.work()
    sync(club, there)
    assert there.device(gate).memory[Kind.USER, "7000"] == FIRE
    assert Stranger.objects.get().name == "Fire brigade"
    assert not Holding.objects.filter(terminal_id=gate.pk, key="7000").exists()


def test_removal_of_who_perhaps_was_put_there_removes_them(club: Gym, there: Counterpart) -> None:
    """The answer to the batch that brought them was lost, so their key is looked at first; it is the hub's own, and they go."""
    gate = club.terminals[0]
    newcomer = club.add("Newcomer", club.members, number=7000)
    there.fault = lambda _: "mute"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work(1)
    assert names(there, gate)["7000"] == "Newcomer"
    with transaction.atomic():
        give_up_batch(Batch.objects.get(terminal=gate, status=Batch.OPEN), "malformed", accepted=True)
    there.fault = lambda _: ""
    assert row(gate, "7000").before
    remove_user(user=newcomer, actor=club.actor)
    there.work()
    assert "7000" not in names(there, gate)
    assert not Stranger.objects.exists()


@pytest.mark.requirement("I-03", mutation="_is_strangers() believing an interruption where `before` is set")
def test_interruption_after_a_batch_was_taken_back_makes_nobody_ours(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    club.add("Newcomer", club.members, number=7000)
    there.fault = lambda _: "never-came"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work(1)
    take_back(gate)
    enrol(there, gate, "7000")
    there.fault = lambda _: "crash"
    there.work(2)
    there.fault = lambda _: ""
    sync(club, there)
    assert there.device(gate).memory[Kind.USER, "7000"] == FIRE


@pytest.mark.requirement("I-03", mutation="_orders() dropping `before` after an interruption that nobody could look at")
def test_interruption_that_saw_nothing_makes_nobody_ours(club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = club.terminals[0]
    enrol(there, gate, "7000")
    club.add("Newcomer", club.members, number=7000)
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.fault = lambda _: "crash"
    there.work(1)
    there.fault = lambda _: ""
    there.nonce = ""
    with monkeypatch.context() as away:
        away.setattr(there, "_interrupted", lambda _, batch: [Outcome(result="unknown") for _ in batch.orders])
        there.work(2)
    sync(club, there)
    assert there.device(gate).memory[Kind.USER, "7000"] == FIRE


def take_back(terminal: Terminal) -> None:
    """As when its agent says hello with other keys."""
    with transaction.atomic():
        void_batch(Batch.objects.get(terminal=terminal, status=Batch.OPEN))
