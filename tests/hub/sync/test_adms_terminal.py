"""The whole way to a ZKTeco terminal that calls: a press, the hub, the agent, its station, and the emulator's memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django_scopes import scope

from doorsync.agent.stations import Stations
from doorsync.agent.status_file import StatusFile
from doorsync.drivers.adms.driver import AdmsDriver
from doorsync.drivers.adms.simulator import Caller, Person, Terminal
from doorsync.hub.access.models import AccessRight
from doorsync.hub.sync.errors import NeedsConfirmation
from doorsync.hub.sync.models import Holding, HoldingState, RunTerminal
from doorsync.hub.terminals import actions
from doorsync.hub.terminals.models import Terminal as HubTerminal
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.real_agent import RealAgent
from tests.hub.sync.sending import open_run


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym([f"Zoë {number}" for number in range(30)])
    with scope(company=made.company):
        gate = made.terminals[0]
        days = world.schedule(made.company, "Days", [["1", "08:00", "18:00"]])
        AccessRight.objects.filter(group=made.staff, zone=made.zones[0]).update(schedule=days)
        with transaction.atomic():
            actions.change_terminal(
                terminal=gate, location=gate.location, agent=made.agent, make="adms", address="ADMS0000000001", actor=made.actor
            )
        HubTerminal.objects.filter(pk=gate.pk).update(pinned_at=None, serial="", limits={})
        made.add("Staff", made.staff)
        yield made


@pytest.fixture
def agent(club: Gym, tmp_path: Path) -> Iterator[RealAgent]:
    one = RealAgent(club.agent, tmp_path / "agent")
    stations = Stations(one.drivers, tmp_path / "agent", StatusFile(tmp_path / "agent"), lambda _: True)
    stations.start({"adms": "127.0.0.1:0"})
    yield one
    one.stop()
    stations.stop()


@pytest.fixture
def terminal(agent: RealAgent) -> Iterator[Terminal]:
    driver = agent.drivers.working["adms"]
    assert isinstance(driver, AdmsDriver)
    caller = Caller(Terminal(), driver.listens)
    caller.start()
    yield caller.terminal
    caller.stop()


def press(club: Gym, agent: RealAgent) -> None:
    for _ in range(3):  # the first one makes the terminal's acquaintance
        open_run(club, club.terminals[0])
        RunTerminal.objects.update(retry_at=None)
        agent.work()


def test_people_reach_the_terminal_and_nobody_gets_in_at_night(club: Gym, agent: RealAgent, terminal: Terminal) -> None:
    terminal.people["99999999"] = Person("Boss", privilege=14)
    press(club, agent)
    everybody = club.should_hold(HubTerminal.objects.get(pk=club.terminals[0].pk))
    members = {number: name for number, name in everybody.items() if name.startswith("Zoë")}
    assert {number: one.name for number, one in terminal.people.items()} == {**members, "99999999": "Boss"}
    rows = Holding.objects.filter(terminal_id=club.terminals[0].pk)
    assert {row.label for row in rows if row.state != HoldingState.SAME} == {
        "Staff",
        "Days",
    }  # refused: it would open at all times
    gone = User.objects.order_by("number")[0]
    club.remove(gone)
    press(club, agent)
    assert str(gone.number) not in terminal.people
    assert len(terminal.people) == 30


def test_a_terminal_that_shows_nobody_is_written_to_only_when_a_person_says_so(
    club: Gym, agent: RealAgent, terminal: Terminal
) -> None:
    terminal.shows, terminal.people = False, {"99999999": Person("Ann")}
    gate = club.terminals[0]
    members = {number for number, name in club.should_hold(gate).items() if name.startswith("Zoë")}
    for options, held in (({}, set()), ({"blind": "yes"}, members)):
        actions.set_options(terminal=HubTerminal.objects.get(pk=gate.pk), options=options, actor=club.actor)
        for _ in range(4):
            try:
                open_run(club, gate)
            except NeedsConfirmation as asked:  # nobody knows who is in it, so all may be removals
                open_run(club, gate, confirmed=asked.count)
            RunTerminal.objects.update(retry_at=None)
            agent.work()
        assert set(terminal.people) == {*held, "99999999"}
    assert terminal.executed.count("DATA QUERY USERINFO") == 2
