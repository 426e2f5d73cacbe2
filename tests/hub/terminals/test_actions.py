"""What is done to terminals: made with their secret and options, and never with a password in an address."""

from __future__ import annotations

from typing import Any

import pytest

from doorsync.hub.terminals.actions import change_terminal, create_terminal, set_options
from doorsync.hub.terminals.connection import secret_of
from doorsync.hub.terminals.errors import AddressWithCredentials, BadOption, SecretTooLong
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages.make_info import MakeInfo, MakeOption
from tests.factories.gym import Gym
from tests.hub.terminals.test_connection import SECRET, club, gate, there_with

__all__ = ["club", "gate"]


DOORS = MakeOption(name="doors", title="Doors", default="1", choices=["1", "2"])

MODE = MakeOption(name="mode", title="Mode", pattern="[a-z]{1,4}")

MAKE = MakeInfo(name="virtual", title="Virtual", address="127.0.0.1:1", secret="Secret", options=[DOORS, MODE])


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
