"""How terminals are reached: secrets sealed, options checked, and older agents spared what they do not understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.courier import dispatch
from doorsync.hub.sync.models import Batch, RunTerminal
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals import queries
from doorsync.hub.terminals.actions import change_terminal, create_terminal, set_options, set_secret
from doorsync.hub.terminals.connection import secret_of
from doorsync.hub.terminals.errors import AddressWithCredentials, BadOption, SecretTooLong
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages import envelope
from doorsync.messages.make_info import MakeInfo, MakeOption
from doorsync.messages.schemas import Batch as BatchMessage
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run

SECRET = "sesame-4711"
DOORS = MakeOption(name="doors", title="Doors", default="1", choices=["1", "2"])
MODE = MakeOption(name="mode", title="Mode", pattern="[a-z]{1,4}")
MAKE = MakeInfo(name="virtual", title="Virtual", address="127.0.0.1:1", secret="Secret", options=[DOORS, MODE])


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


def test_the_makes_of_an_agent_are_those_of_its_last_hello(club: Gym) -> None:
    assert queries.makes_of(club.agent) == []
    there = there_with(club, makes=[MAKE])
    assert queries.makes_of(Agent.objects.get()) == [MAKE]
    updated(there, version=2)
    assert queries.makes_of(Agent.objects.get()) == []


def test_what_an_agent_found_is_offered_until_it_was_added(club: Gym, gate: Terminal) -> None:
    Agent.objects.update(
        nearby=[
            {"make": "virtual", "address": gate.address},
            {"make": "virtual", "address": "10.0.0.9:4370", "serial": "S9"},
        ]
    )
    assert [found.serial for found in queries.nearby_terminals(Agent.objects.get())] == ["S9"]
    Terminal.objects.filter(pk=gate.pk).update(serial="S9")  # the device is known at another address
    assert queries.nearby_terminals(Agent.objects.get()) == []


@pytest.mark.requirement("T-01", mutation="`check_address` doing nothing: the password is on the page of terminals")
def test_an_address_with_a_password_in_it_is_refused(club: Gym, gate: Terminal) -> None:
    address = "http://admin:sesame@10.0.0.9"
    wished: dict[str, Any] = {"location": gate.location, "agent": gate.agent, "make": "virtual", "actor": club.actor}
    with pytest.raises(AddressWithCredentials) as caught:
        create_terminal(name="Shed", address=address, **wished)
    assert "sesame" not in str(caught.value)
    with pytest.raises(AddressWithCredentials):
        change_terminal(terminal=gate, address=address, **wished)
    assert not Terminal.objects.filter(name="Shed").exists()


def test_options_are_those_of_the_make(club: Gym, gate: Terminal) -> None:
    there_with(club, makes=[MAKE])
    gate = Terminal.objects.select_related("agent").get(pk=gate.pk)
    assert set_options(terminal=gate, options={"doors": "2", "mode": "fast"}, actor=club.actor)
    assert not set_options(terminal=gate, options={"doors": "2", "mode": "fast"}, actor=club.actor)
    assert set_options(terminal=gate, options={"doors": "1"}, actor=club.actor)
    assert gate.options == {}  # what is at its default is not kept
    for wrong in ({"doors": "3"}, {"mode": "FAST"}, {"wings": "2"}):
        with pytest.raises(BadOption):
            set_options(terminal=gate, options=wrong, actor=club.actor)


def test_a_terminal_is_made_with_its_secret_and_options(club: Gym, gate: Terminal) -> None:
    there_with(club, makes=[MAKE])
    wished: dict[str, Any] = {"location": gate.location, "agent": Agent.objects.get(), "make": "virtual", "actor": club.actor}
    shed = create_terminal(name="Shed", address="10.0.0.9:1", secret=SECRET, options={"doors": "2"}, **wished)
    assert (secret_of(Terminal.objects.get(pk=shed.pk)), shed.options) == (SECRET, {"doors": "2"})
    with pytest.raises(SecretTooLong):
        create_terminal(name="Hut", address="10.0.0.8:1", secret="x" * 201, **wished)
    assert not Terminal.objects.filter(name="Hut").exists()
