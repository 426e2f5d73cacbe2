"""What terminals should hold of people and schedules, or why they cannot: hours are never widened, damage stays where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import choice, held_of, limit, send

BROKEN_DAY = [["1", "08:00", "12:00"], ["1", "13:00", "17:00"]]


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def gate(club: Gym) -> Terminal:
    return club.terminals[0]


def holdings(gate: Terminal, kind: Kind) -> list[Holding]:
    return list(Holding.objects.filter(terminal_id=gate.pk, kind=kind))


def set_hours(club: Gym, slots: list[list[str]]) -> None:
    club.always.slots = slots
    club.always.save()
    club.tell()


@pytest.mark.requirement("R-06", mutation="`holds_hours` always true: the terminal gets hours that it cannot hold")
def test_more_intervals_a_day_than_a_terminal_holds_are_refused_with_whoever_needs_them(club: Gym, gate: Terminal) -> None:
    set_hours(club, BROKEN_DAY)
    limit(club, Counterpart(club.agent), gate, intervals_per_day=1)
    (person,), (schedule,) = holdings(gate, Kind.USER), holdings(gate, Kind.SCHEDULE)
    assert (person.wanted, person.refusal) == (None, RefusalCode.HOURS_NOT_HELD())
    assert (schedule.wanted, schedule.refusal) == (None, RefusalCode.TOO_MANY_INTERVALS(intervals=2, limit=1))
    set_hours(club, BROKEN_DAY[:1])
    assert all(row.wanted for row in holdings(gate, Kind.USER) + holdings(gate, Kind.SCHEDULE))


@pytest.mark.requirement("R-06", mutation="`schedules_in` without its look at the hours: everybody passes at night")
def test_a_lock_without_schedules_takes_only_who_may_pass_at_all_times(club: Gym, gate: Terminal) -> None:
    there = Counterpart(club.agent)
    limit(club, there, gate, schedules=0, schedules_per_user=0, open_without_schedule=True)
    (person,) = holdings(gate, Kind.USER)
    assert person.wanted
    assert [row.wanted for row in holdings(gate, Kind.SCHEDULE)] == [None]
    set_hours(club, BROKEN_DAY)
    (person,) = holdings(gate, Kind.USER)
    assert (person.wanted, person.refusal) == (None, RefusalCode.NO_ROOM_FOR_SCHEDULES(limit=0))


def test_a_terminal_without_schedules_that_opens_to_nobody_without_one_takes_nobody(club: Gym, gate: Terminal) -> None:
    limit(club, Counterpart(club.agent), gate, schedules=0)
    (person,) = holdings(gate, Kind.USER)
    assert person.refusal == RefusalCode.NO_ROOM_FOR_SCHEDULES(limit=0)


@pytest.mark.parametrize("slots", [7, {}, "x", ["mon"], [["mon", "8 o'clock", "9"]], [{"a": 1}, ["mon"]]])
@pytest.mark.django_db
def test_damaged_schedule_refuses_only_who_opens_by_it(slots: object) -> None:
    club = gym(["Alice", "Bob"])
    with scope(company=club.company):
        there, gate = Counterpart(club.agent), club.terminals[0]
        other = world.group(club.company, "Night")
        night = world.schedule(club.company, "Night hours")
        world.right(other, club.zones[0], night)
        nora = club.add("Nora", other)
        TimeSchedule.objects.filter(pk=night.pk).update(slots=slots)
        club.remove(User.objects.get(last_name="Bob"))
        club.tell()
        send(club, there)
        assert {fields["name"] for fields in there.device(gate).people().values()} == {"Alice"}
        row = held_of(nora, gate)
        assert row is not None
        assert row.refusal == RefusalCode.UNREADABLE_SCHEDULE()


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../etc", "Europe"])
@pytest.mark.django_db
def test_damaged_time_zone_refuses_only_whose_dates_depend_on_it(zone: str) -> None:
    club = gym(["Alice", "Bob"])
    with scope(company=club.company):
        there, gate, pool = Counterpart(club.agent), club.terminals[0], club.terminals[2]
        eve = club.add("Eve", club.members, expires="2099-01-01T12:00")
        send(club, there)
        Location.objects.filter(pk=club.locations[0].pk).update(time_zone=zone)
        club.tell()
        club.remove(User.objects.get(last_name="Bob"))
        send(club, there, confirmed=build_plan(club.company, choice(*club.terminals)).to_confirm)
        assert {fields["name"] for fields in there.device(gate).people().values()} == {"Alice"}
        assert {fields["name"] for fields in there.device(pool).people().values()} == {"Alice", "Eve"}
        row = held_of(eve, gate)
        assert row is not None
        assert row.refusal == RefusalCode.UNREADABLE_ZONE()
