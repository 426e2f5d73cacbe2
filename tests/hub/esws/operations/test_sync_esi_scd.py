from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.esws.operations.sync_esi_scd import operation
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.sync.run.agent_notifications import work_waiting
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories import esws, soap, world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

NAME = "Esws.syncEsiScd"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def club() -> Gym:
    made = gym(["Alice", "Bob", "Carol"])
    with scope(company=made.company):
        made.add("Zoe", made.staff)
        Agent.objects.update(waited_at=timezone.now(), seen_at=timezone.now())
        for number, terminal in enumerate(made.terminals):
            Terminal.objects.filter(pk=terminal.pk).update(serial=f"54371488{number}")
    return made


@pytest.fixture
def there(club: Gym) -> Iterator[Counterpart]:
    """An agent that waits at the hub: it works as soon as it is told."""
    made = Counterpart(club.agent)
    for number, terminal in enumerate(club.terminals):
        made.device(terminal).serial = f"54371488{number}"

    def at_work(**_: Any) -> None:
        with scope(company=club.company):
            made.work()

    work_waiting.connect(at_work)
    yield made
    work_waiting.disconnect(at_work)


def said(club: Gym, location: object = None, seconds: float = 0, code: str = world.SAMPLE_CODE) -> str:
    place = club.locations[0].pk if location is None else location
    body = esws.written("syncEsiScd", {"p_companyID": code, "p_locationID": place})
    return soap.result(answer(Request(body=body), {NAME: operation(seconds)}).body)


def test_each_terminal_of_the_location_is_told_by_its_serial_number(club: Gym, there: Counterpart) -> None:
    assert json.loads(said(club, seconds=60)) == [{"543714880": "ok"}, {"543714881": "ok"}]
    assert len(there.device(club.terminals[0]).people()) == 4


@pytest.mark.requirement("I-04", mutation="ok said of every terminal that is done or not reached")
def test_a_terminal_that_cannot_be_reached_stands_beside_one_that_is_ok(club: Gym, there: Counterpart) -> None:
    there.fault = lambda name: "gone" if name == club.terminals[1].public_id else ""

    assert json.loads(said(club, seconds=60)) == [
        {"543714880": "ok"},
        {"543714881": "SynchDevice:SearchDevice_ByIP:ERROR [-102]"},
    ]


def test_a_terminal_over_the_guard_says_what_it_waits_for(club: Gym, there: Counterpart) -> None:
    said(club, seconds=60)
    with scope(company=club.company):
        for user in User.objects.exclude(last_name="Zoe"):
            club.remove(user)
        club.remove(User.objects.get())
    there.fault = lambda _: "mute"

    assert json.loads(said(club)) == [
        {"543714880": "SynchDevice:STOPPED, 4 REMOVALS TO CONFIRM"},
        {"543714881": "SynchDevice:STOPPED, 1 REMOVALS TO CONFIRM"},
    ]


def test_what_still_goes_on_when_the_time_is_up_is_not_called_ok(club: Gym) -> None:
    Counterpart(club.agent)

    assert json.loads(said(club)) == [
        {"543714880": "SynchDevice:WAITING FOR A CONNECTION"},
        {"543714881": "SynchDevice:WAITING FOR A CONNECTION"},
    ]


def test_a_terminal_without_a_serial_number_goes_by_its_name(club: Gym) -> None:
    with scope(company=club.company):
        Terminal.objects.update(serial="")

    assert [list(each) for each in json.loads(said(club))] == [["Gate"], ["Office"]]


def test_what_is_wrong_is_told_by_the_strings_of_the_page(club: Gym) -> None:
    nowhere, elsewhere = world.location(club.company, "Nowhere"), gym(other=True).locations[0]
    assert said(club, code="") == "ERROR_NO_SECURITY_HASH"
    assert said(club, code="x" * 32) == "ERROR_UNKNOWN_SECURITY_HASH"
    assert {said(club, wrong) for wrong in ("", "0", "x", elsewhere.pk)} == {"NO_LOCATION_ID_RECEIVED"}
    assert said(club, nowhere.pk) == "NO_DEVICE_TO_SYNC"
    with scope(company=club.company):
        Agent.objects.update(waited_at=None)
    assert said(club) == "CURL_ERROR_NO_7"
