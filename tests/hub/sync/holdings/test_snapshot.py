"""What Verify moves: what a terminal's whole memory says of people, refused ones included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.domain.digest import UNKNOWN
from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import held_of, limit, open_run, send

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.mark.requirement("R-03", mutation="_forget() deleting rows that have a refusal")
def test_verify_does_not_forget_whom_the_terminal_cannot_hold(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    pin = club.add("Pin", club.members, pin="123456")
    send(club, there)
    limit(club, there, gate, pin_max=4)
    del there.device(gate).memory[Kind.USER, str(pin.number)]  # somebody took them out at the terminal

    send(club, there, gate, mode=Mode.VERIFY)

    row = held_of(pin, gate)
    assert row
    assert (row.state, row.held) == (HoldingState.REFUSED, None)
    assert row.refusal == RefusalCode.PIN_LENGTH(digits=6, least=4, most=4)
    assert describe_selection(row.refusal) == "The PIN has 6 digits; this terminal takes 4 to 4."


@pytest.mark.requirement("R-03", mutation="held_since = now for whatever was read")
def test_verify_moves_only_the_time_of_who_was_not_there(club: Gym, there: Counterpart) -> None:
    gate, (alice, bob) = club.terminals[0], User.objects.order_by("last_name")
    with time_machine.travel(NOON, tick=False) as clock:
        send(club, there)
        memory = there.device(gate).memory
        memory[Kind.USER, str(alice.number)] = {**memory[Kind.USER, str(alice.number)], "name": "Forged"}
        memory[Kind.USER, "99999"] = {"name": "Stranger"}
        clock.shift(timedelta(days=1))
        there.hello()
        there.fault = lambda _: ""
        send(club, there, gate, mode=Mode.VERIFY)
    rows = [held_of(user, gate) for user in (alice, bob)]
    assert [row and row.held_since for row in rows] == [NOON, NOON]


@pytest.mark.requirement("R-03", mutation="_forget() forgetting at every terminal")
def test_verify_at_one_terminal_says_nothing_of_the_others(club: Gym, there: Counterpart) -> None:
    gate, pool = club.terminals[0], club.terminals[2]
    alice = User.objects.get(last_name="Alice")
    send(club, there)
    del there.device(gate).memory[Kind.USER, str(alice.number)]
    open_run(club, gate, mode=Mode.VERIFY)
    there.work(rounds=1)
    here, elsewhere = held_of(alice, gate), held_of(alice, pool)
    assert here
    assert elsewhere
    assert (here.state, elsewhere.state) == (HoldingState.NEW, HoldingState.SAME)


def test_reading_costs_no_query_for_each_person_where_there_are_strangers(club: Gym, there: Counterpart) -> None:
    """Nearly every terminal has administrators of its own."""
    for number in range(12):
        club.add(f"Person {number:02}", club.members)
    send(club, there, mode=Mode.VERIFY)
    without = queries_to_read(club, there)
    there.device(club.terminals[0]).memory[Kind.USER, "9001"] = {"name": "Installer", "cards": []}
    there.device(club.terminals[0]).own.add((Kind.USER, "9001"))
    send(club, there, mode=Mode.VERIFY)
    assert queries_to_read(club, there) < without + 8


def queries_to_read(club: Gym, there: Counterpart) -> int:
    with CaptureQueriesContext(connection) as counted:
        send(club, there, mode=Mode.VERIFY)
    return len(counted)


RUBBISH: list[dict[str, object]] = [
    {"cards": [["1"]]},
    {"cards": "12"},
    {"pin": True},
    {"until": True},
    {"until": ["2026"]},
    {"schedules": [["1"]]},
]


@pytest.mark.requirement("R-01", mutation="allowance.shown() taking whatever a terminal says, and stumbling later")
@pytest.mark.parametrize("rubbish", RUBBISH)
def test_person_in_whom_a_terminal_makes_no_sense_holds_nobody_up(
    club: Gym, there: Counterpart, rubbish: dict[str, object]
) -> None:
    gate, alice = club.terminals[0], User.objects.get(last_name="Alice")
    send(club, there)
    memory = there.device(gate).memory
    memory[Kind.USER, str(alice.number)] = {**memory[Kind.USER, str(alice.number)], **rubbish}
    there.fault = lambda _: "lying"  # so that the rubbish stays for a while
    send(club, there, gate, mode=Mode.VERIFY)
    User.objects.filter(pk=alice.pk).update(expires="2099-01-01T00:00")
    club.tell(alice)
    there.fault = lambda _: ""
    send(club, there)
    row = held_of(alice, gate)
    assert row
    assert row.state == HoldingState.SAME
    assert memory[Kind.USER, str(alice.number)]["cards"] == []


def test_forgetting_twice_keeps_what_was_confirmed_last(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    send(club, there)
    confirmed = dict(Holding.objects.filter(terminal_id=gate.pk).values_list("key", "held"))
    for _ in range(2):
        forget_what_is_held(Terminal.objects.get(pk=gate.pk), UnreadCode.AGENT_FORKED())
    rows = Holding.objects.filter(terminal_id=gate.pk)
    assert not rows.exclude(held=UNKNOWN).exists()
    assert dict(rows.values_list("key", "before")) == confirmed
