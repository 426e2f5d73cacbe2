"""What a receipt moves: only what was read back, at its own terminal, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.courier import dispatch
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.models import Holding, HoldingState, Mode, RunTerminal
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import envelope
from doorsync.messages.errors import UnknownBatch
from doorsync.messages.schemas import Batch
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import change, held_of, limit, open_run, send

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


def sync(club: Gym, there: Counterpart) -> None:
    gate = Selection(terminals=frozenset({club.terminals[0].pk}))
    start_run(company=club.company, choice=gate, confirmed=None, actor=club.actor)
    RunTerminal.objects.update(retry_at=None)
    there.work()


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("R-02", mutation="an unknown outcome leaving held as it was")
def test_what_nobody_could_read_back_is_not_called_the_same_when_it_is_wanted_as_before(transactional_db: None) -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        there = Counterpart(club.agent)
        sync(club, there)
        alice, device = club.members.users.get(), there.device(club.terminals[0])
        there.fault = lambda _: "lost"
        for name in ("Renamed", "Renamed again"):  # of two orders, one gets through before the terminal is lost
            club.rename(alice, name)
            sync(club, there)
        stored = device.memory[Kind.USER, str(alice.number)]["name"]
        assert stored != "Alice", "the order did get through"

        club.rename(alice, "Alice")
        assert not Holding.objects.filter(terminal_id=club.terminals[0].pk, kind=Kind.USER, state=HoldingState.SAME).exists()
        there.fault = lambda _: ""
        sync(club, there)
        assert device.memory[Kind.USER, str(alice.number)]["name"] == "Alice"


@pytest.mark.requirement("A-01", mutation="_answered_by() not comparing the receipt's terminal")
def test_receipt_that_names_another_terminal_moves_nothing(club: Gym, there: Counterpart) -> None:
    gate, pool = club.terminals[0], club.terminals[2]
    open_run(club, gate)
    there.hello()
    sealed = dispatch.next_batches(there.row(), there.nonce)["batches"][0]["sealed"]
    right = there.take(sealed)
    batch = envelope.unseal(sealed, Batch, there.keys, there.hub)
    outcomes = there._interrupted(there.device(gate), batch)
    elsewhere = batch.model_copy(update={"terminal": pool.public_id})

    with pytest.raises(UnknownBatch):
        dispatch.take_receipt(there.row(), there._answer(there.device(gate), elsewhere, sealed, outcomes))
    assert not Holding.objects.exclude(held=None).exists()
    assert right
    dispatch.take_receipt(there.row(), right)
    assert Holding.objects.exclude(held=None).exists()


@pytest.mark.requirement("I-07", mutation="_move() deleting rows that have a refusal")
def test_removal_does_not_forget_whom_the_terminal_cannot_hold(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    pin = club.add("Pin", club.members, pin="123456")
    send(club, there)
    limit(club, there, gate, pin_max=4)

    send(club, there)

    assert str(pin.number) not in there.device(gate).people()
    row = held_of(pin, gate)
    assert row
    assert (row.state, row.held) == (HoldingState.REFUSED, None)
    assert row.refusal == RefusalCode.PIN_LENGTH(digits=6, least=4, most=4)
    assert describe_selection(row.refusal) == "The PIN has 6 digits; this terminal takes 4 to 4."


@pytest.mark.requirement("R-01", mutation="_accepted() vouching for hidden fields in an interrupted receipt")
def test_after_a_crash_nobody_vouches_for_the_fields_that_a_terminal_hides(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    limit(club, there, gate, readable=["name", "cards", "schedules", "until"])
    pin = club.add("Pin", club.members, pin="1111")
    send(club, there)
    change(club, pin, credentials={"pin": frozenset({"2222"})})

    there.fault = lambda name: "crash" if name == gate.public_id else ""
    send(club, there, gate)
    assert there.device(gate).people()[str(pin.number)]["pin"] == "1111", "the agent died before this order"
    there.fault = lambda _: ""
    there.work(rounds=1)
    row = held_of(pin, gate)
    assert row
    assert row.state == HoldingState.CHANGED
    there.work()
    assert there.device(gate).people()[str(pin.number)]["pin"] == "2222"


@pytest.mark.requirement("R-01", mutation="_whole() leaving held as it was after an erase of which nobody knows")
def test_after_an_erase_that_nobody_saw_nothing_is_called_held(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    send(club, there)
    there.fault = lambda name: "lost" if name == gate.public_id else ""
    open_run(club, gate, mode=Mode.ERASE, confirmed=1)
    there.work(rounds=1)
    assert {bytes(row.held or b"?") for row in Holding.objects.filter(terminal_id=gate.pk)} == {b"?"}
    assert not Holding.objects.filter(terminal_id=gate.pk, state=HoldingState.SAME).exists()
    assert Holding.objects.filter(terminal_id=gate.pk, held=b"").exists()


def test_time_since_when_somebody_is_held_does_not_move_with_changes(club: Gym, there: Counterpart) -> None:
    gate, alice = club.terminals[0], club.members.users.get()
    with time_machine.travel(NOON, tick=False) as clock:
        send(club, there)
        clock.shift(timedelta(days=1))
        club.rename(alice, "Alicia")
        send(club, there)
        row = held_of(alice, gate)
        assert row
        assert (row.state, row.held_since) == (HoldingState.SAME, NOON)
        del there.device(gate).memory[Kind.USER, str(alice.number)]
        send(club, there, gate, mode=Mode.VERIFY)
        row = held_of(alice, gate)
        assert row
        assert row.held_since == NOON + timedelta(days=1), "they had been gone"


@pytest.mark.requirement("R-01", mutation="_orders() not leaving alone what the receipt calls untouched")
def test_what_was_not_come_to_is_still_to_be_done(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    gone = [club.add(f"Person {number}", club.members) for number in range(12)][-3:]
    send(club, there)
    for user in gone:
        club.remove(user)
    there.fault = lambda name: "lost" if name == gate.public_id else ""
    open_run(club, gate)
    there.work(rounds=1)
    there.work(rounds=1)
    left = [row.state for user in gone if (row := held_of(user, gate))]
    assert HoldingState.REMOVE in left
    assert {str(user.number) for user in gone} & set(there.device(gate).people()), "the last one was not come to"
    assert len(left) >= len({str(user.number) for user in gone} & set(there.device(gate).people()))


def test_terminal_that_is_lost_among_the_orders_is_called_lost_until_it_answers(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.fault = lambda name: "lost" if name == gate.public_id else ""
    open_run(club, gate)
    there.hello()
    there.work(rounds=1)
    assert Terminal.objects.get(pk=gate.pk).lost_at
    there.fault = lambda _: ""
    send(club, there)
    assert Terminal.objects.get(pk=gate.pk).lost_at is None


def test_terminal_that_refuses_to_be_read_is_not_called_verified(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    send(club, there)
    there.refuses_whole = True
    send(club, there, gate, mode=Mode.VERIFY)
    assert Terminal.objects.get(pk=gate.pk).verified_at is None
    there.refuses_whole = False
    send(club, there, gate, mode=Mode.VERIFY)
    assert Terminal.objects.get(pk=gate.pk).verified_at


@pytest.mark.requirement("R-04", mutation="each turn of next_pending() asked for, whether anything is counted there or not")
def test_a_batch_and_its_receipt_are_few_statements(club: Gym, there: Counterpart) -> None:
    """However many people are in it. Each terminal waits for all statements of its company."""
    for number in range(40):
        club.add(f"Person {number}", club.members)
    gate = Selection(terminals=frozenset({club.terminals[0].pk}))
    sync(club, there)
    for number in range(40):
        club.add(f"Guest {number}", club.members)
    start_run(company=club.company, choice=gate, confirmed=None, actor=club.actor)
    with CaptureQueriesContext(connection) as issued:
        (each,) = dispatch.next_batches(there.row(), there.nonce)["batches"]
    receipt = there.take(each["sealed"])
    with CaptureQueriesContext(connection) as applied:
        dispatch.take_receipt(there.row(), receipt or "")
    assert not Holding.objects.filter(terminal_id=club.terminals[0].pk, state=HoldingState.NEW).exists()
    assert (len(issued) <= 25, len(applied) <= 30) == (True, True), (len(issued), len(applied))
