"""Where schedules have numbered places, nobody ever passes at the hours of whatever else is at the place that they name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.capabilities import KeyForm
from doorsync.domain.record import Kind
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.sync.models import Holding, Mode, Problem
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals.models import Terminal
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Device
from tests.hub.sync.placed import all_same, in_places, names_in
from tests.hub.sync.sending import send

CLEANERS = {"name": "Cleaners", "slots": [["1", "00:00", "23:00"]]}


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def night_guards(club: Gym) -> TimeSchedule:
    """Gus may pass for an hour on Mondays."""
    night = world.schedule(club.company, name="Night", slots=[["1", "20:00", "21:00"]])
    guards = world.group(club.company, "Guards")
    world.right(guards, club.zones[0], night)
    club.tell()
    club.add("Gus", guards)
    return night


def hours_of(device: Device, name: str) -> list[object]:
    """The names of the schedules at the places that the record of this person names."""
    [fields] = [each for each in device.people().values() if each["name"] == name]
    places = fields["schedules"]
    assert isinstance(places, list)
    return [device.memory.get((Kind.SCHEDULE, str(place)), {}).get("name") for place in places]


@pytest.mark.requirement("I-04", mutation="`wait_for_schedules` sending all: Gus passes at the cleaners' hours, and is the same")
def test_a_stranger_at_the_place_of_a_new_schedule_lets_nobody_in_at_their_hours(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    device = there.device(gate)
    device.memory[Kind.SCHEDULE, "3"] = dict(CLEANERS)
    night_guards(club)
    send(club, there)
    assert hours_of(device, "Gus") == ["Night"]
    assert all_same(gate)


@pytest.mark.requirement("I-02", mutation="`apply_snapshot` not calling `forget_who_names`: all pass at the cleaners' hours")
def test_a_stranger_found_at_the_place_of_a_schedule_makes_everybody_who_names_it_be_sent_again(
    club: Gym, gate: Terminal
) -> None:
    there = in_places(club, gate)
    device = there.device(gate)
    device.memory[Kind.SCHEDULE, "2"] = dict(CLEANERS)
    Holding.objects.filter(terminal_id=gate.pk, kind=Kind.SCHEDULE).update(held=b"", before=b"")  # unknown, as after a restore
    send(club, there, mode=Mode.VERIFY)
    assert [hours_of(device, name) for name in ("Alice", "Bob", "Charlie")] == [["Always"]] * 3
    assert all_same(gate)


@pytest.mark.requirement(
    "I-02", mutation="`_orders` not calling `forget_who_names`: they name a place that another schedule gets"
)
def test_a_schedule_that_a_batch_finds_in_a_strangers_hands_makes_people_be_sent_again(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    device = there.device(gate)
    device.memory[Kind.SCHEDULE, "2"] = dict(CLEANERS)
    Holding.objects.filter(terminal_id=gate.pk, kind=Kind.SCHEDULE).update(held=b"", before=b"")
    send(club, there)
    assert [hours_of(device, name) for name in ("Alice", "Bob", "Charlie")] == [["Always"]] * 3
    assert all_same(gate)


@pytest.mark.requirement(
    "R-01", mutation="`wait_for_schedules` not asking `is_named`: the place is free while Gus still names it"
)
def test_a_place_that_somebody_still_names_is_given_to_no_other_schedule(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    device = there.device(gate)
    night = night_guards(club)
    send(club, there)
    takes = device.write
    device.write = lambda order: None if order.kind is Kind.USER else takes(order)  # type: ignore[method-assign] # and says done
    night.rights.update(schedule=club.always)
    club.tell()
    send(club, there)
    assert Holding.objects.filter(terminal_id=gate.pk, kind=Kind.SCHEDULE, key=str(night.number)).exists()
    assert hours_of(device, "Gus") == ["Night"]
    device.write = takes  # type: ignore[method-assign]
    send(club, there)
    send(club, there)
    assert hours_of(device, "Gus") == ["Always"]
    assert all_same(gate)


def test_whose_schedule_is_not_taken_waits_and_it_is_said(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate)
    night_guards(club)
    there.fault = lambda _: "lying"
    send(club, there, gate)
    there.fault = lambda _: ""
    assert "Gus" not in names_in(there.device(gate)).values()
    assert RunTerminalCode.SCHEDULE_UNCONFIRMED() in [problem.message for problem in Problem.objects.all()]
    send(club, there, gate)
    assert hours_of(there.device(gate), "Gus") == ["Night"]


def test_a_full_terminal_exchanges_its_only_schedule(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate, schedules=1)
    night = world.schedule(club.company, name="Night", slots=[["1", "20:00", "21:00"]])
    club.always.rights.update(schedule=night)
    club.tell()
    for _ in range(3):
        send(club, there)
    assert [hours_of(there.device(gate), name) for name in ("Alice", "Bob", "Charlie")] == [["Night"]] * 3
    assert all_same(gate)


def test_terminals_that_take_our_numbers_for_schedules_get_everything_in_one_batch(club: Gym, gate: Terminal) -> None:
    there = in_places(club, gate, schedule_key_form=KeyForm.DIGITS)
    batches = there.device(gate).seq
    night_guards(club)
    send(club, there)
    assert there.device(gate).seq == batches + 1
    assert hours_of(there.device(gate), "Gus") == ["Night"]
    assert RunTerminalCode.SCHEDULE_UNCONFIRMED() not in [problem.message for problem in Problem.objects.all()]
