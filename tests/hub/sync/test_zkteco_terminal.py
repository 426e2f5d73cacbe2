"""The whole way to a ZKTeco terminal: a press, the hub, the agent, the driver, and the emulator's memory, looked at directly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django_scopes import scope

from doorsync.drivers.zkteco.simulator.device import Device
from doorsync.drivers.zkteco.simulator.memory import Memory, Person
from doorsync.drivers.zkteco.simulator.server import Server, emulated
from doorsync.hub.access.models import AccessRight
from doorsync.hub.sync.models import Holding, HoldingState, Mode, RunTerminal
from doorsync.hub.terminals import actions
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.real_agent import RealAgent
from tests.hub.sync.sending import change, open_run

COMM_KEY, SINGLE_WRITE = 8421, 8
OFFICE_HOURS = [[str(day), "08:00", "18:00"] for day in range(1, 6)]


@pytest.fixture
def server() -> Iterator[Server]:
    with emulated(Device(memory=Memory(capacity=500), comm_key=COMM_KEY)) as running:
        yield running


@pytest.fixture
def club(db: None, server: Server) -> Iterator[Gym]:
    made = gym([f"Zoë {number}" for number in range(40)])
    with scope(company=made.company):
        gate = made.terminals[0]
        days = world.schedule(made.company, "Days", OFFICE_HOURS)
        AccessRight.objects.filter(group=made.staff, zone=made.zones[0]).update(schedule=days)
        with transaction.atomic():
            actions.change_terminal(
                terminal=gate, location=gate.location, agent=made.agent, make="zkteco", address=server.address, actor=made.actor
            )
            actions.set_secret(terminal=gate, secret=str(COMM_KEY), actor=made.actor)
        Terminal.objects.filter(pk=gate.pk).update(pinned_at=None, serial="", limits={})
        for number in range(3):
            made.add(f"Staff {number}", made.staff)
        yield made


@pytest.fixture
def agent(club: Gym, tmp_path: Path) -> Iterator[RealAgent]:
    one = RealAgent(club.agent, tmp_path / "agent")
    yield one
    one.stop()


def press(club: Gym, agent: RealAgent, mode: Mode = Mode.CHANGES) -> None:
    for _ in range(3):  # the first one makes the terminal's acquaintance
        open_run(club, club.terminals[0], mode=mode)
        RunTerminal.objects.update(retry_at=None)
        agent.work()


def names(server: Server) -> dict[str, str]:
    return {person.user_id: person.name.decode() for person in server.device.memory.people.values()}


def unfinished(club: Gym) -> list[Holding]:
    return [row for row in Holding.objects.filter(terminal_id=club.terminals[0].pk) if row.state != HoldingState.SAME]


def test_people_and_hours_reach_the_terminal_and_are_up_to_date(club: Gym, agent: RealAgent, server: Server) -> None:
    press(club, agent)
    assert names(server) == club.should_hold(Terminal.objects.get(pk=club.terminals[0].pk))
    staff = [person for person in server.device.memory.people.values() if person.name.startswith(b"Staff")]
    (zone,) = {person.zones[0] for person in staff}
    assert {person.zone_flag for person in staff} == {1}
    assert server.device.memory.zones[zone][1] == (8, 0, 17, 59)
    assert {person.zone_flag for person in server.device.memory.people.values() if person not in staff} == {0}
    assert unfinished(club) == []


def test_changes_and_removals_follow(club: Gym, agent: RealAgent, server: Server) -> None:
    press(club, agent)
    stranger = Person(300, "99999999", b"Boss", privilege=14)
    server.device.memory.store(stranger)
    first, second = User.objects.order_by("number")[:2]
    club.remove(first)
    change(club, second, last_name="Renamed")
    press(club, agent)
    assert str(first.number) not in names(server)
    assert names(server)[str(second.number)] == second.full_name.replace(second.last_name, "Renamed")
    assert names(server)["99999999"] == "Boss"
    assert unfinished(club) == []


def test_a_meddled_memory_is_found_by_verifying(club: Gym, agent: RealAgent, server: Server) -> None:
    press(club, agent)
    memory = server.device.memory
    lost, changed = sorted(memory.people)[:2]
    memory.drop(lost)
    memory.people[changed].card = 4711
    press(club, agent, mode=Mode.VERIFY)
    assert names(server) == club.should_hold(Terminal.objects.get(pk=club.terminals[0].pk))
    assert memory.people[changed].card == 0
    assert unfinished(club) == []


def test_a_full_terminal_gets_no_more_than_it_takes_and_the_others_wait(club: Gym, agent: RealAgent, server: Server) -> None:
    server.device.memory.capacity = 30
    press(club, agent)
    assert len(names(server)) == 30
    waiting = unfinished(club)
    assert len(waiting) == 13
    assert {row.state for row in waiting} == {HoldingState.NEW}
    assert server.device.asked.count(SINGLE_WRITE) == 0  # the terminal said how many it takes; nobody was sent in vain
