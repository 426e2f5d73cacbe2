"""Arranging access, and what sync makes of it."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.access import actions, removals
from doorsync.hub.access.errors import AccessNameTaken, ScheduleInUse
from doorsync.hub.access.models import AccessRight
from doorsync.hub.audit.trail import Actor
from doorsync.hub.sync.models import Holding
from tests.factories import world


@pytest.mark.django_db
def test_granting_and_withdrawing_a_right_moves_what_is_wanted() -> None:
    company = world.company()
    actor = Actor(company_id=company.pk)
    gate = world.terminal(world.location(company), world.agent(company))
    members = world.group(company)
    world.user(company, "Alice", members)
    zone = actions.create_zone(company=company, name="Hall", terminals=[gate], actor=actor)
    always = actions.create_schedule(company=company, name="Always", slots=[["1", "00:00", "24:00"]], actor=actor)

    def wanted(kind: Kind) -> int:
        with scope(company=company):
            return Holding.objects.filter(kind=kind, wanted__isnull=False).count()

    assert actions.grant(group=members, zone=zone, schedule=always, actor=actor)
    assert not actions.grant(group=members, zone=zone, schedule=always, actor=actor)
    assert (wanted(Kind.USER), wanted(Kind.SCHEDULE)) == (1, 1)
    with pytest.raises(ScheduleInUse):
        removals.remove_schedule(schedule=always, actor=actor)

    with scope(company=company):
        actions.withdraw(right=AccessRight.objects.get(), actor=actor)
    assert (wanted(Kind.USER), wanted(Kind.SCHEDULE)) == (0, 0)


@pytest.mark.django_db
def test_schedule_takes_the_lowest_free_number() -> None:
    company = world.company()
    actor = Actor(company_id=company.pk)
    made = [actions.create_schedule(company=company, name=name, slots=[], actor=actor) for name in "abc"]
    removals.remove_schedule(schedule=made[1], actor=actor)

    assert [each.number for each in made] == [1, 2, 3]
    assert actions.create_schedule(company=company, name="d", slots=[], actor=actor).number == 2
    with pytest.raises(AccessNameTaken):
        actions.create_schedule(company=company, name="d", slots=[], actor=actor)


@pytest.mark.django_db
def test_zone_change_is_said_once() -> None:
    company = world.company()
    actor = Actor(company_id=company.pk)
    place, agent = world.location(company), world.agent(company)
    one, two = world.terminal(place, agent, "One"), world.terminal(place, agent, "Two")
    zone = actions.create_zone(company=company, name="Hall", terminals=[one], actor=actor)

    assert actions.change_zone(zone=zone, terminals=[one, two], actor=actor)
    assert not actions.change_zone(zone=zone, terminals=[two, one], actor=actor)
