"""A terminal is its serial number: another device at its address gets nothing, and counts for nothing, until somebody decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.digest import UNKNOWN
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.terminal_status import Condition
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Run, RunTerminalState, Stranger
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.device_identity import accept_replacement, call_address_wrong
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.actions import change_terminal, create_terminal
from doorsync.hub.terminals.errors import AddressTaken, DeviceElsewhere, NotAnotherDevice
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.models import User
from doorsync.hub.web.sync.run_status import run_status
from doorsync.messages import envelope
from doorsync.messages.schemas import Batch as BatchMessage
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.run.test_runs import everything, names

PEOPLE = [f"Person {number:02}" for number in range(12)]


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(PEOPLE)
    with scope(company=made.company):
        made.add("Boss", made.staff, card="4711", pin="2468")
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    """Everything is up to date, and the agent waits at the hub."""
    counterpart = Counterpart(club.agent)
    Agent.objects.update(waited_at=timezone.now())
    sync(club, counterpart)
    return counterpart


def sync(club: Gym, there: Counterpart, mode: Mode = Mode.CHANGES) -> Run:
    planned = build_plan(club.company, everything(club, mode))
    run = start_run(company=club.company, choice=everything(club, mode), confirmed=planned.to_confirm or None, actor=club.actor)
    there.work()
    return run


def again(terminal: Terminal) -> Terminal:
    return Terminal.objects.get(pk=terminal.pk)


def conditions(club: Gym) -> list[Condition]:
    """As the sync page tells them: of the gate, the office, the pool."""
    told = {
        terminal_plan.terminal.pk: terminal_plan.status.condition
        for terminal_plan in build_plan(club.company, everything(club)).terminal_plans
    }
    return [told[terminal.pk] for terminal in club.terminals]


def swap(club: Gym, there: Counterpart) -> tuple[Terminal, Terminal]:
    gate, office, _ = club.terminals
    there.swap(gate, office)
    return gate, office


@pytest.mark.requirement("I-01", mutation="batches._new() sending orders to a terminal that is not pinned yet")
def test_first_answer_pins_the_serial_number_before_anything_is_sent(club: Gym) -> None:
    Terminal.objects.update(pinned_at=None)
    there = Counterpart(club.agent)
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.work(2)  # the hello, and the first batches

    gate = club.terminals[0]
    assert again(gate).serial == there.device(gate).serial
    assert there.device(gate).memory == {}
    there.work()
    assert len(there.device(gate).people()) == len(PEOPLE) + 1


@pytest.mark.requirement("I-01", mutation="the batch without `serial`; or recognise() taking any device")
def test_swapped_terminals_get_nothing_and_confirm_nothing_until_they_are_swapped_back(club: Gym, there: Counterpart) -> None:
    gate, office = swap(club, there)
    before = [dict(there.device(each).memory) for each in (gate, office)]

    for gone in ("Person 03", "Boss"):  # who is in both devices would be removed from the wrong one
        remove_user(user=User.objects.get(last_name=gone), actor=club.actor)
    club.add("Newcomer", club.members)
    run = sync(club, there)

    assert [dict(there.device(each).memory) for each in (gate, office)] == before
    assert conditions(club)[:2] == [Condition.OTHER_DEVICE, Condition.OTHER_DEVICE]
    assert Holding.objects.filter(terminal_id=gate.pk, state=HoldingState.REMOVE).count() == 2
    run_terminals = {run_terminal.terminal.pk: run_terminal for run_terminal in run_status(run.public_id).run_terminals}
    assert run_terminals[gate.pk].state == RunTerminalState.NOT_REACHED
    assert "Another device" in run_terminals[gate.pk].message

    swap(club, there)
    later = timezone.now() + timedelta(minutes=6)
    Agent.objects.update(waited_at=later)
    assert retry_due(later) == 2
    there.work()
    assert not Holding.objects.filter(terminal_id=gate.pk, state__gt=HoldingState.SAME).exists()
    assert names(there, gate) == club.should_hold(gate)
    assert again(gate).other_at is None


def test_swapped_terminals_are_seen_by_a_press_though_nothing_is_waiting(club: Gym, there: Counterpart) -> None:
    swap(club, there)
    run = sync(club, there)
    assert conditions(club)[:2] == [Condition.OTHER_DEVICE, Condition.OTHER_DEVICE]
    assert run_status(run.public_id).right == 1

    swap(club, there)
    later = timezone.now() + timedelta(minutes=6)
    Agent.objects.update(waited_at=later)
    assert retry_due(later) == 2, "it is looked whether the right ones are back, though nothing is waiting"
    there.work()
    assert again(club.terminals[0]).other_at is None


@pytest.mark.requirement("I-01", mutation="batches._new() not looking first while `other_at` is set")
def test_another_device_is_told_nobodys_name_or_pin(club: Gym, there: Counterpart) -> None:
    gate, _ = swap(club, there)
    sync(club, there)
    club.add("Newcomer", club.members, pin="8642")
    start_run(company=club.company, choice=everything(club), confirmed=None, actor=club.actor)
    there.fault = lambda _: "mute"
    there.hello()
    there.work(1)
    batch = Batch.objects.get(terminal=gate, status=Batch.OPEN)
    assert envelope.unseal(batch.sealed, BatchMessage, there.keys, there.hub).orders == []


@pytest.mark.parametrize("mode", [Mode.VERIFY, Mode.ERASE])
def test_another_device_is_neither_read_nor_erased(club: Gym, there: Counterpart, mode: Mode) -> None:
    gate, office = swap(club, there)
    before = [dict(there.device(each).memory) for each in (gate, office)]
    sync(club, there, mode)
    assert [dict(there.device(each).memory) for each in (gate, office)] == before
    assert not Holding.objects.filter(
        terminal_id=gate.pk, state=HoldingState.REMOVE
    ).exists()  # the other one's people are no strangers


@pytest.mark.requirement("I-01", mutation="_of_another() taking what was read back, where an agent looks at no serial number")
def test_hub_believes_no_receipt_of_another_device_whatever_the_agent_says(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.looks_at_serials = False
    there.device(gate).serial = "SOMEBODY-ELSES"
    remove_user(user=User.objects.get(last_name="Person 03"), actor=club.actor)
    there.work()
    assert Holding.objects.filter(terminal_id=gate.pk, wanted=None).exclude(held=None).count() == 1
    assert conditions(club)[0] is Condition.OTHER_DEVICE


def test_what_was_begun_before_another_device_answered_is_unknown(club: Gym, there: Counterpart) -> None:
    gate, changed = club.terminals[0], User.objects.get(last_name="Person 03")
    there.looks_at_serials = False
    there.device(gate).serial = "SOMEBODY-ELSES"
    club.rename(changed, "Renamed")
    sync(club, there)
    row = Holding.objects.get(terminal_id=gate.pk, kind=Kind.USER, key=str(changed.number))
    assert row.held is not None
    assert bytes(row.held) == UNKNOWN, "ours may have been the device that took it"


def test_what_another_device_can_hold_says_nothing_of_the_terminal(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    before = again(gate).limits
    there.device(gate).serial = "SOMEBODY-ELSES"
    there.device(gate).capabilities = {**there.device(gate).capabilities, "capacity": 1}
    sync(club, there)
    assert conditions(club)[0] is Condition.OTHER_DEVICE
    assert again(gate).limits == before


@pytest.mark.requirement("I-01", mutation="accept_replacement() not forgetting what is held")
def test_replaced_device_is_read_before_anything_is_said_and_then_filled(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).memory, there.device(gate).serial = {}, "NEW-ONE"
    sync(club, there)
    assert again(gate).other_serial == "NEW-ONE"

    accept_replacement(terminal=gate, actor=club.actor)

    assert conditions(club)[0] is Condition.UNKNOWN
    assert not Holding.objects.filter(terminal_id=gate.pk, state=HoldingState.SAME).exists()
    there.work()
    sync(club, there)
    assert names(there, gate) == club.should_hold(gate)
    assert again(gate).serial == "NEW-ONE"
    assert conditions(club)[0] is Condition.UP_TO_DATE


def test_device_of_another_terminal_that_answers_there_too_cannot_be_accepted(club: Gym, there: Counterpart) -> None:
    gate, office, _ = club.terminals
    there.device(gate).serial = there.device(office).serial
    sync(club, there)
    with pytest.raises(DeviceElsewhere, match="Office"):
        accept_replacement(terminal=gate, actor=club.actor)


def test_two_devices_that_changed_places_for_good_are_both_read(club: Gym, there: Counterpart) -> None:
    gate, office = swap(club, there)
    sync(club, there)
    accept_replacement(terminal=gate, actor=club.actor)
    there.work()
    sync(club, there)
    assert [again(each).serial for each in (gate, office)] == [there.device(each).serial for each in (gate, office)]
    assert [names(there, each) for each in (gate, office)] == [club.should_hold(each) for each in (gate, office)]


def test_new_terminal_with_the_address_of_another_device_writes_nothing_there(club: Gym, there: Counterpart) -> None:
    """A first answer pins only what no other terminal has."""
    _, office, pool = club.terminals
    Terminal.objects.filter(pk=pool.pk).update(pinned_at=None, serial="")
    there.device(pool).serial = there.device(office).serial
    there.device(pool).memory = {}
    sync(club, there)
    assert there.device(pool).memory == {}
    assert again(pool).serial == ""
    assert conditions(club)[2] is Condition.OTHER_DEVICE


def test_wrong_address_keeps_the_pin_and_sends_nothing_until_the_right_one_is_back(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    with pytest.raises(NotAnotherDevice):
        call_address_wrong(terminal=gate, actor=club.actor)
    mine = there.device(gate).serial
    there.device(gate).serial = "ANOTHER"
    sync(club, there)
    call_address_wrong(terminal=gate, actor=club.actor)
    sync(club, there)
    assert (again(gate).serial, again(gate).address_wrong) == (mine, True)
    there.device(gate).serial = mine
    sync(club, there)
    assert (again(gate).other_at, again(gate).address_wrong) == (None, False)
    assert conditions(club)[0] is Condition.UP_TO_DATE


@pytest.mark.requirement("I-01", mutation="change_terminal() not sending terminal_moved")
def test_changed_address_makes_what_is_held_unknown_until_it_was_read(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).memory.pop((Kind.USER, next(iter(there.device(gate).people()))))
    change_terminal(
        terminal=again(gate), location=gate.location, agent=gate.agent, make="virtual", address="10.0.0.9:1", actor=club.actor
    )
    assert conditions(club)[0] is Condition.UNKNOWN
    there.work()  # without a press
    assert names(there, gate) == club.should_hold(gate)
    assert conditions(club)[0] is Condition.UP_TO_DATE


def test_make_without_serial_numbers_pins_nothing(club: Gym) -> None:
    Terminal.objects.update(pinned_at=None)
    there = Counterpart(club.agent)
    for device in there.devices.values():
        device.serial = ""
    sync(club, there)
    assert not Terminal.objects.exclude(serial="").exists()
    assert not Terminal.objects.filter(pinned_at=None).exists()
    assert conditions(club)[0] is Condition.UP_TO_DATE


@pytest.mark.requirement(
    "I-01", mutation="a terminal that never told a serial number takes the first one that it hears for its own"
)
def test_device_with_a_number_is_another_one_where_none_was_pinned(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.device(gate).serial = ""
    Terminal.objects.filter(pk=gate.pk).update(serial="", pinned_at=timezone.now())
    sync(club, there)
    before, there.is_strict = dict(there.device(gate).memory), True

    there.device(gate).serial = "FROM-THE-STAFF-DOOR"
    with scope(company=club.company):
        club.remove(User.objects.filter(groups__isnull=False).first())  # type: ignore[arg-type]  # there is somebody
    sync(club, there)
    assert there.device(gate).memory == before
    assert (again(gate).serial, again(gate).other_serial) == ("", "FROM-THE-STAFF-DOOR")
    assert conditions(club)[0] is not Condition.UP_TO_DATE

    accept_replacement(terminal=gate, actor=club.actor)
    sync(club, there)
    assert again(gate).serial == "FROM-THE-STAFF-DOOR"
    assert names(there, gate) == club.should_hold(gate)


@pytest.mark.requirement("I-01", mutation="_must_be_free() comparing addresses as they were typed")
@pytest.mark.parametrize(
    "spelling", [" 127.0.0.1:{port}", "127.000.0.001:{port}", "LOCALHOST:0{port}", "[::ffff:127.0.0.1]:{port}"]
)
def test_two_terminals_of_one_agent_cannot_have_one_address(club: Gym, spelling: str) -> None:
    gate, office, _ = club.terminals
    port = gate.address.rpartition(":")[2]
    typed = spelling.format(port=port)
    with pytest.raises(AddressTaken, match=r"'Shed' and 'Gate'"):
        create_terminal(location=gate.location, agent=gate.agent, name="Shed", make="virtual", address=typed, actor=club.actor)
    with pytest.raises(AddressTaken, match=r"'Office' and 'Gate'"):
        change_terminal(
            terminal=office, location=gate.location, agent=gate.agent, make="virtual", address=typed, actor=club.actor
        )
    office.address = typed
    with pytest.raises(IntegrityError), transaction.atomic():
        office.save(update_fields=["address"])


@pytest.mark.requirement("I-01", mutation="_must_be_free() taking an address without a port for one of its own")
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("first", "second"), [("10.0.0.9", "10.0.0.9:4370"), ("10.0.0.9:4370", "10.0.0.9.")])
def test_a_missing_port_makes_no_other_address(club: Gym, told: bool, first: str, second: str) -> None:
    makes = [{"name": "zkteco", "title": "ZKTeco", "address": "192.168.1.201:4370"}] if told else []
    Agent.objects.filter(pk=club.agent.pk).update(makes=makes)
    agent = Agent.objects.get(pk=club.agent.pk)
    gate, office, _ = club.terminals
    there: dict[str, Any] = {"location": gate.location, "agent": agent, "make": "zkteco", "actor": club.actor}
    shed = create_terminal(name="Shed", address=first, **there)
    with pytest.raises(AddressTaken, match=r"'Hut' and 'Shed'"):
        create_terminal(name="Hut", address=second, **there)
    with pytest.raises(AddressTaken, match=r"'Office' and 'Shed'"):
        change_terminal(terminal=office, address=second, **there)
    assert change_terminal(terminal=shed, address="10.0.0.9:4371", **there)
    create_terminal(name="Hut", address="10.0.0.9:4370", **there)


@pytest.mark.requirement("I-01", mutation="note_move() taking back only what another agent had")
def test_memory_read_at_the_old_address_says_nothing_of_a_device_without_a_number(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    for terminal in club.terminals:
        there.device(terminal).serial = ""
    Terminal.objects.update(serial="")
    there.hello()
    start_run(company=club.company, choice=everything(club, Mode.VERIFY), confirmed=None, actor=club.actor)
    there.fault = lambda _: "mute"
    there.work(1)  # the agent has read it, and its answer is on the way
    moved = again(gate)
    change_terminal(
        terminal=moved, location=moved.location, agent=moved.agent, make=moved.make, address="192.0.2.77:4370", actor=club.actor
    )
    there.fault, memory = lambda _: "", dict(there.device(gate).memory)
    there.device(gate).memory = {}  # what is at the new address
    there.nonce = ""
    there.work(2)
    assert again(gate).unread or not Holding.objects.filter(terminal_id=gate.pk, kind=Kind.USER, state=HoldingState.SAME).exists()
    sync(club, there)
    assert there.device(gate).memory.keys() == memory.keys()


def test_second_hand_device_is_read_without_queries_for_each_person(club: Gym, there: Counterpart) -> None:
    """Under every number of ours stands somebody else."""
    gate = club.terminals[0]
    device = there.device(gate)
    device.serial, people = "SECOND-HAND", sorted(device.people())
    device.memory = {(Kind.USER, key): {"name": f"Other {key}", "cards": []} for key in people}
    sync(club, there)
    accept_replacement(terminal=gate, actor=club.actor)
    there.work(1)  # it is asked who it is
    with CaptureQueriesContext(connection) as counted:
        there.work(1)
    assert Stranger.objects.filter(terminal=gate).count() == len(people)
    about_rows = [
        each["sql"] for each in counted if each["sql"].startswith(("UPDATE", "DELETE")) and "sync_holding" in each["sql"]
    ]
    assert len(about_rows) < len(people)
    assert sum("MAX(" in each["sql"] for each in counted) <= 2
