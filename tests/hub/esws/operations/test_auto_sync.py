"""autoSync and getSyncStatus: what a program starts, what it must not start, and what it is told of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.models import Run, RunTerminal
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.restores import hold_to_removals
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.sync.run.terminal_removal import remove_terminal
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories import esws, world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    made = gym([f"Person {number:02}" for number in range(30)])
    with scope(company=made.company):
        Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
    return made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


def start(club: Gym, **given: Any) -> str:
    return esws.call("autoSync", **{"p_locationId": club.locations[0].pk, "p_userId": "", **given})


def status(code: str) -> str:
    return esws.call("getSyncStatus", p_syncCode=code)


def work(club: Gym, there: Counterpart) -> None:
    with scope(company=club.company):
        there.work()


def names(there: Counterpart, terminal: Terminal) -> set[object]:
    return {fields["name"] for fields in there.device(terminal).people().values()}


def remove(club: Gym, count: int) -> None:
    with scope(company=club.company):
        for user in list(User.objects.order_by("pk")[:count]):
            club.remove(user)


@pytest.mark.parametrize("everybody", ["", "0", None])
def test_a_total_sync_sends_everybody_of_one_location(club: Gym, there: Counterpart, everybody: str | None) -> None:
    code = start(club, p_userId=everybody)
    assert re.fullmatch("[0-9A-Za-z]{64}", code)
    assert status(code) == "WAITING FOR A CONNECTION"
    work(club, there)

    assert status(code) == "UP TO DATE"
    assert len(names(there, club.terminals[0])) == 30
    assert names(there, club.terminals[2]) == set()


@pytest.mark.requirement("I-04", mutation="UP TO DATE said of every run terminal that is done")
def test_the_sync_of_one_user_says_how_much_still_waits(club: Gym, there: Counterpart) -> None:
    alice = club.add("Alice", club.members)
    code = start(club, p_userId=alice.number)
    work(club, there)

    assert names(there, club.terminals[0]) == {"Alice"}
    assert status(code) == "DONE, 30 MORE WAITING"
    work_all = start(club)
    work(club, there)
    assert status(work_all) == status(code) == "UP TO DATE"


@pytest.mark.requirement("R-06", mutation="start_program_run() without _stop(), and typed kept as open_run() sets it")
def test_over_the_guard_it_waits_for_the_typed_number_and_says_so(club: Gym, there: Counterpart) -> None:
    start(club)
    work(club, there)
    remove(club, 25)
    code = start(club)
    assert status(code) == "STOPPED, 25 REMOVALS TO CONFIRM"
    work(club, there)
    assert len(names(there, club.terminals[0])) == 30

    with scope(company=club.company):
        choice = Selection(locations=frozenset([club.locations[0].pk]))
        start_run(company=club.company, choice=choice, confirmed=25, actor=club.actor)
    work(club, there)
    assert len(names(there, club.terminals[0])) == 5
    assert status(code) == "UP TO DATE"


def test_calls_again_join_the_open_run(club: Gym, there: Counterpart) -> None:
    first, second = start(club), start(club)
    assert first != second
    with scope(company=club.company):
        assert Run.objects.count() == 1
    work(club, there)
    club.add("Late", club.members)
    third = start(club)
    assert status(third) == "WAITING FOR A CONNECTION"
    work(club, there)
    assert {status(code) for code in (first, second, third)} == {"UP TO DATE"}


@pytest.mark.requirement("R-05", mutation="NOT_DONE left out of program_status")
def test_a_terminal_that_does_not_answer_is_told(club: Gym, there: Counterpart) -> None:
    gate = club.terminals[0]
    there.fault = lambda name: "gone" if name == gate.public_id else ""
    code = start(club)
    with scope(company=club.company):
        there.work()
        assert status(code) == "SYNCING"
        run_terminals = RunTerminal.objects.filter(terminal=gate)
        run_terminals.update(failing_since=timezone.now() - timedelta(seconds=61), retry_at=None)
        there.work()
    assert status(code) == "NOT DONE AT 1 TERMINALS"


@pytest.mark.requirement("I-05", mutation="the run terminals of held terminals opened without only_removals; or release() called")
def test_after_a_restore_a_program_only_takes_away(club: Gym, there: Counterpart) -> None:
    start(club)
    work(club, there)
    club.add("Ghost", club.members)
    with scope(company=club.company):
        hold_to_removals(Terminal.objects.all())
        remove(club, 1)
    code = start(club)
    work(club, there)

    assert "Ghost" not in names(there, club.terminals[0])
    assert len(names(there, club.terminals[0])) == 29
    assert status(code) == "NOT DONE AT 1 TERMINALS"
    with scope(company=club.company):
        assert Terminal.objects.exclude(restored_at=None).exists()


def test_what_is_wrong_is_told_in_the_order_of_the_page(club: Gym) -> None:
    other = gym(other=True)
    for given, text in (
        ({"code": "", "p_locationId": ""}, "ERROR_NO_SECURITY_HASH"),
        ({"code": "x" * 32, "p_locationId": ""}, "ERROR_UNKNOWN_SECURITY_HASH"),
        ({"p_locationId": "", "p_userId": "x"}, "NO LOCATIONID PROVIDED"),
        ({"p_locationId": "0", "p_userId": "x"}, "NO LOCATION FOUND BASED ON THE ID PROVIDED"),
        ({"p_locationId": str(other.locations[0].pk)}, "NO LOCATION FOUND BASED ON THE ID PROVIDED"),
        ({"p_userId": "x"}, "NO USER FOUND BASED ON THE ID PROVIDED"),
        ({"p_userId": "999999"}, "NO USER FOUND BASED ON THE ID PROVIDED"),
    ):
        assert start(club, **given) == text
    with scope(company=club.company):
        assert not Run.objects.exists()


def test_where_no_agent_dials_out_nothing_is_started(club: Gym) -> None:
    nowhere = world.location(club.company, "Nowhere")
    assert start(club, p_locationId=nowhere.pk) == "CURL_ERROR_NO_7"
    with scope(company=club.company):
        Agent.objects.update(waited_at=None)
    assert start(club) == "CURL_ERROR_NO_7"
    with scope(company=club.company):
        assert not Run.objects.exists()


def test_a_status_is_told_to_the_company_that_started_it_only(club: Gym) -> None:
    code = start(club)
    world.company(code="y" * 32)
    unknown = "NO SYNC FOUND BASED ON THE CODE PROVIDED"
    assert esws.call("getSyncStatus", "y" * 32, p_syncCode=code) == unknown
    assert status(code[:-1] + ("a" if code[-1] != "a" else "b")) == unknown
    assert status("") == "NO CODE PROVIDED"
    assert esws.call("getSyncStatus", "", p_syncCode=code) == "ERROR_NO_SECURITY_HASH"


def test_a_sync_whose_terminals_were_all_deleted_is_not_called_done(club: Gym) -> None:
    club.add("Alice", club.members)
    code = start(club, p_locationId=club.locations[1].pk)
    with scope(company=club.company):
        club.zones[0].terminals.remove(club.terminals[2])
        remove_terminal(terminal=club.terminals[2], lost=True, actor=club.actor)

    assert status(code) == "NOT DONE AT 0 TERMINALS"


def test_the_documented_misspelling_is_the_same_operation(club: Gym) -> None:
    assert len(esws.call("autoSyc", p_locationId=club.locations[0].pk, p_userId="0")) == 64


def test_the_run_is_recorded_and_shown_as_a_programs(club: Gym) -> None:
    start(club)
    with scope(company=club.company):
        assert Run.objects.get().author == "a program"
        entry = Entry.objects.get(event="run.opened")
        assert (entry.actor["via"], entry.actor["administrator_id"]) == ("esws", None)
