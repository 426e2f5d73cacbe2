"""What a terminal says that does not fit what is held: then nothing there is called up to date before it was read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Run, RunTerminal, RunTerminalState, Stranger
from doorsync.hub.sync.run.run_terminal_states import READS
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import Credential, User
from doorsync.hub.web.sync.run_status import run_status
from tests.factories import world
from tests.factories.gym import Gym
from tests.hub.sync.counterpart import Counterpart, Fault, Place
from tests.hub.sync.run.test_device_identity import PEOPLE, again, club, conditions, sync, there
from tests.hub.sync.run.test_runs import everything, names

__all__ = ["club", "there"]


def tell_changed(club: Gym, there: Counterpart, terminal: int = 0) -> bool:
    """The agent's look between batches found something."""
    agent = agent_checks.find_agent(club.agent.public_id)
    return bool(dispatch.note_changed(agent, there.nonce, club.terminals[terminal].public_id)["ok"])


def orders(club: Gym) -> list[str]:
    """What the last batches for the gate were."""
    last = Batch.objects.filter(terminal=club.terminals[0]).order_by("pk")
    return [batch.whole or ("orders" if batch.orders else "look") for batch in last]


def test_press_with_nothing_waiting_asks_each_terminal_and_sends_nothing(club: Gym, there: Counterpart) -> None:
    before, writes = orders(club), there.device(club.terminals[0]).writes
    run = sync(club, there)
    assert orders(club)[len(before) :] == ["look"]
    assert there.device(club.terminals[0]).writes == writes
    assert run_status(run.public_id).sentence == "All 3 terminals are up to date."


def test_press_with_nothing_waiting_says_so_of_a_terminal_that_is_gone(club: Gym, there: Counterpart) -> None:
    there.fault = lambda name: "gone" if name == club.terminals[0].public_id else ""
    run = sync(club, there)
    assert run_status(run.public_id).right == 2
    assert conditions(club)[0] is Condition.UNREACHABLE


@pytest.mark.requirement("I-02", mutation="evidence._count() returning None where fewer are there")
def test_emptied_terminal_is_found_by_a_press_and_filled_again(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).memory.clear()

    run = sync(club, there)

    assert orders(club)[-3:] == ["look", "read", "orders"]
    assert names(there, gate) == club.should_hold(gate)
    assert run_status(run.public_id).sentence == "All 3 terminals are up to date."


@pytest.mark.requirement("I-02", mutation="note_change() only answering that it heard; or _forget() marking nothing as lost")
def test_emptied_terminal_is_filled_again_without_a_press_where_its_agent_dials_out(club: Gym, there: Counterpart) -> None:
    """Whoever still waits for a press is not sent with them."""
    gate = club.terminals[0]
    newcomer = club.add("Newcomer", club.members)
    there.device(gate).memory.clear()
    assert tell_changed(club, there)
    assert conditions(club)[0] is Condition.UNKNOWN

    there.work()

    assert set(club.should_hold(gate)) - set(names(there, gate)) == {str(newcomer.number)}
    assert conditions(club)[0] is Condition.CHANGES
    sync(club, there)
    assert conditions(club)[0] is Condition.UP_TO_DATE


def test_agent_that_says_so_again_and_again_causes_one_read_a_minute(club: Gym, there: Counterpart) -> None:
    assert tell_changed(club, there)
    there.work()
    runs = Run.objects.count()
    assert not tell_changed(club, there)
    assert Run.objects.count() == runs


def test_who_repeats_an_older_nonce_causes_no_read(club: Gym, there: Counterpart) -> None:
    nonce = there.nonce
    there.hello()
    agent, gate = agent_checks.find_agent(club.agent.public_id), club.terminals[0].public_id
    assert dispatch.note_changed(agent, nonce, gate) == dispatch.note_reached(agent, nonce, gate) == {"ok": False}
    assert dispatch.note_reached(agent, there.nonce, gate) == {"ok": True}
    assert conditions(club)[0] is Condition.UP_TO_DATE
    assert tell_changed(club, there)


def test_without_an_agent_that_dials_out_the_next_press_reads(club: Gym, there: Counterpart) -> None:
    Agent.objects.update(waited_at=None)
    there.device(club.terminals[0]).memory.clear()
    assert tell_changed(club, there)
    assert conditions(club)[0] is Condition.UNKNOWN
    sync(club, there)
    assert conditions(club)[0] is Condition.UP_TO_DATE


def test_one_who_is_gone_from_a_terminal_is_missed(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    del there.device(gate).memory[next(iter(place for place in there.device(gate).memory if place[0] is Kind.USER))]
    sync(club, there)
    assert names(there, gate) == club.should_hold(gate)


@pytest.mark.requirement("I-02", mutation="evidence._count() returning None where more are there")
def test_one_who_was_enrolled_at_the_terminal_is_found_though_nothing_was_waiting(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).memory[Kind.USER, "9001"] = {"name": "Fire brigade", "schedules": []}
    sync(club, there)
    assert orders(club)[-1] == "read"
    assert Stranger.objects.get(terminal=gate).name == "Fire brigade"
    reads = orders(club).count("read")
    sync(club, there)
    assert orders(club).count("read") == reads  # who is known to be there is counted


@pytest.mark.requirement("I-02", mutation="doubt_after() returning None")
def test_terminal_that_knows_no_schedule_is_read_and_gets_it_again(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    memory = there.device(gate).memory
    del memory[Kind.SCHEDULE, str(club.always.number)]
    newcomer = club.add("Newcomer", club.members)

    run = sync(club, there)

    assert (Kind.SCHEDULE, str(club.always.number)) in memory
    assert str(newcomer.number) in names(there, gate)
    assert run_status(run.public_id).sentence == "All 3 terminals are up to date."


@pytest.mark.requirement("I-02", mutation="evidence._clock() returning None")
def test_clock_that_jumped_counts_as_a_loss(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    place: Place = next(place for place in there.device(gate).memory if place[0] is Kind.USER)
    there.device(gate).memory[place] = {**there.device(gate).memory[place], "cards": ["666"]}  # the count is the same
    sync(club, there)
    assert orders(club)[-1] == "look"
    there.clock_off = -timedelta(days=9000)
    sync(club, there)
    assert "read" in orders(club)[-3:]
    assert there.device(gate).memory[place]["cards"] == []
    reads = orders(club).count("read")
    sync(club, there)
    assert orders(club).count("read") == reads  # it is still wrong, and was read since


def test_terminal_that_counts_otherwise_than_it_shows_is_not_read_for_ever(club: Gym, there: Counterpart) -> None:
    there.counts_more = 2
    sync(club, there)
    reads = orders(club).count("read")
    assert reads == 1
    sync(club, there)
    sync(club, there)
    assert orders(club).count("read") == reads
    assert conditions(club)[0] is Condition.UP_TO_DATE


def test_terminal_that_loses_people_all_the_time_is_left_alone_for_a_while(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]

    def forget(name: str) -> str:
        if name == gate.public_id:
            for place in [place for place in there.device(gate).memory if place[0] is Kind.USER][:1]:
                del there.device(gate).memory[place]
        return ""

    there.fault = forget  # type: ignore[assignment]  # it has no name
    sync(club, there)
    run_terminal = RunTerminal.objects.filter(terminal=gate).order_by("-pk")[0]
    assert run_terminal.state == RunTerminalState.PARTLY
    assert run_terminal.retry_at
    assert timezone.now() < run_terminal.retry_at
    assert conditions(club)[0] is not Condition.UP_TO_DATE


def test_people_are_not_called_held_before_they_were_read_again(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).memory.clear()
    run_before = Run.objects.count()
    sync_once(club, there)
    assert again(gate).unread
    assert not Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER, state=HoldingState.SAME).exists()
    assert Run.objects.count() == run_before + 1


def sync_once(club: Gym, there: Counterpart) -> None:
    """A press, and no more than the first answer of each terminal."""
    start_run(company=club.company, choice=everything(club, Mode.CHANGES), confirmed=None, actor=club.actor)
    there.work(1)


assert PEOPLE


@pytest.mark.requirement("D-03", mutation="start_reading() taking what would be narrowed for a ceiling")
def test_terminal_that_is_read_lets_no_more_pass_than_the_guard(club: Gym, there: Counterpart) -> None:
    """Everybody lost their only card, which waits for the number; then the terminal is doubted, and read without a press."""
    gate, members = club.terminals[0], list(User.objects.filter(last_name__startswith="Person"))
    for each in members:
        world.credential(each, "card", str(100_000 + each.number))
    club.tell(*members)
    sync(club, there)
    Credential.objects.filter(user__in=members).delete()
    club.tell(*members)
    Terminal.objects.update(verified_at=None)

    assert tell_changed(club, there)
    there.work()

    assert again(gate).verified_at  # it was read
    assert sum(bool(fields["cards"]) for fields in there.device(gate).people().values()) == len(members) + 1  # and the boss


@pytest.mark.requirement("I-02", mutation="end_unread() leaving the run terminal at its orders")
def test_terminal_that_loses_people_all_the_time_gets_no_run_after_run(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]

    def forget(name: str) -> Fault:
        if name == gate.public_id:
            del there.device(gate).memory[next(place for place in there.device(gate).memory if place[0] is Kind.USER)]
        return ""

    there.fault = forget
    sync(club, there)
    runs = Run.objects.count()
    for _ in range(3):
        there.hello()
        there.work()
    assert Run.objects.count() == runs
    assert Batch.objects.filter(terminal=gate, whole="read").count() == READS


@pytest.mark.requirement("I-04", mutation="an interrupted receipt counting as heard of the terminal")
def test_agent_that_was_stopped_speaks_for_no_terminal_that_is_away(club: Gym, there: Counterpart) -> None:
    """Nothing waits; the agent stopped while it asked, and the terminal is gone when it looks again."""
    gate = club.terminals[0]
    seen = again(gate).seen_at
    there.fault = lambda _: "crash"
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work(1)
    there.fault, there.tells_devices, there.nonce = lambda _: "", False, ""
    for device in there.devices.values():
        device.receipt = ""
    there.work(2)
    run_terminal = RunTerminal.objects.filter(terminal=gate).order_by("-pk")[0]
    assert run_terminal.state != RunTerminalState.DONE
    assert again(gate).seen_at == seen
    there.tells_devices = True
    there.work()
    run_terminal.refresh_from_db()
    assert run_terminal.state == RunTerminalState.DONE
