"""A schedule or time zone that is damaged in the database holds up whoever depends on it, and nobody else of the company."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.domain.refusals import RefusalCode
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import choice, held_of, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slots", [7, {}, "x", ["mon"], [["mon", "8 o'clock", "9"]], [{"a": 1}, ["mon"]]])
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
