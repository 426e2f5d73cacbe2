"""Reads of terminals that more than one room needs: makes of an agent, and what it found in its network."""

from __future__ import annotations

from doorsync.hub.terminals import queries
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages.make_info import MakeInfo
from tests.factories.gym import Gym
from tests.hub.terminals.test_connection import club, gate, there_with, updated

__all__ = ["club", "gate"]
MAKE = MakeInfo(name="virtual", title="Virtual", address="127.0.0.1:1", secret="Secret")


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
