"""How terminals are reached: secrets sealed, options checked, and older agents spared what they do not understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.courier import dispatch
from doorsync.hub.sync.models import Batch, RunTerminal
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals.actions import change_terminal, set_secret
from doorsync.hub.terminals.connection import secret_of
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import envelope
from doorsync.messages.make_info import MakeInfo
from doorsync.messages.schemas import Batch as BatchMessage
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run

SECRET = "sesame-4711"


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def there_with(club: Gym, *, version: int = 3, makes: list[MakeInfo] | None = None) -> Counterpart:
    there = Counterpart(club.agent)
    there.version, there.makes = version, makes or []
    there.hello()
    return there


def updated(there: Counterpart, version: int = 3) -> Counterpart:
    """The same agent, with other software."""
    there.version = version
    there.hello()
    return there


def batches(club: Gym, there: Counterpart) -> dict[str, BatchMessage]:
    """What goes out now, as the agent reads it; by the name of the terminal."""
    open_run(club)
    found = dispatch.next_batches(there.row(), there.nonce)["batches"]
    opened = [envelope.unseal(each["sealed"], BatchMessage, there.keys, there.hub) for each in found]
    return {batch.name: batch for batch in opened}


def test_a_batch_carries_the_secret_that_was_set_and_the_database_does_not(club: Gym, gate: Terminal) -> None:
    set_secret(terminal=gate, secret=SECRET, actor=club.actor)
    gate.refresh_from_db()
    assert secret_of(gate) == SECRET
    assert SECRET.encode() not in bytes(gate.sealed_secret or b"")
    there = there_with(club)
    found = batches(club, there)
    assert (found["Gate"].secret, found["Gate"].zone) == (SECRET, "Europe/Amsterdam")
    assert (found["Office"].secret, found["Pool"].zone) == ("", "America/New_York")
    assert all(SECRET not in batch.sealed and batch.orders is not None for batch in Batch.objects.all())
    set_secret(terminal=gate, secret="", actor=club.actor)
    gate.refresh_from_db()
    assert gate.sealed_secret is None


@pytest.mark.requirement("I-01", mutation="`change_terminal` keeping the secret of a terminal that moves")
def test_a_terminal_that_is_reached_otherwise_is_not_given_the_secret(club: Gym, gate: Terminal) -> None:
    set_secret(terminal=gate, secret=SECRET, actor=club.actor)
    same: dict[str, Any] = {"location": gate.location, "agent": gate.agent, "make": gate.make}
    change_terminal(terminal=gate, address="192.0.2.7:4370", actor=club.actor, **same)
    gate.refresh_from_db()
    assert gate.sealed_secret is None


def test_a_secret_opens_for_its_own_terminal_only(club: Gym, gate: Terminal) -> None:
    from doorsync.hub.companies.errors import CannotUnseal

    set_secret(terminal=gate, secret=SECRET, actor=club.actor)
    office = club.terminals[1]
    office.sealed_secret = Terminal.objects.get(pk=gate.pk).sealed_secret
    with pytest.raises(CannotUnseal):
        secret_of(office)


@pytest.mark.requirement(
    "O-03", mutation="`_seal` writing in VERSION whatever the agent speaks: its older agent refuses all batches"
)
def test_an_older_agent_gets_batches_as_it_understands_them(club: Gym) -> None:
    there = there_with(club, version=2)
    found = batches(club, there)
    assert {batch.v for batch in found.values()} == {2}
    assert not any({"secret", "options", "zone"} & batch.model_fields_set for batch in found.values())
    assert {batch.v for batch in batches(club, updated(there)).values()} == {3}


@pytest.mark.requirement("O-03", mutation="`needs_newer_agent` always false: the secret is left out, and the terminal refuses it")
def test_a_batch_that_an_older_agent_could_not_carry_out_is_not_made_and_the_page_says_why(club: Gym, gate: Terminal) -> None:
    set_secret(terminal=gate, secret=SECRET, actor=club.actor)
    there = there_with(club, version=2)
    found = batches(club, there)
    assert found.keys() == {"Office", "Pool"}
    run_terminal = RunTerminal.objects.get(terminal=gate)
    assert run_terminal.message == RunTerminalCode.AGENT_OLDER()
    assert run_terminal.state == "partly"
    assert "Gate" in batches(club, updated(there))
