"""What is in use is not deleted, and the refusal names what uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.access import actions, removals
from doorsync.hub.access.errors import AccessNameTaken, InUse
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.models import SyncFilter
from doorsync.hub.sync.plan.selections import Selection, save_selection, saved_selection
from doorsync.hub.users.models import Group, UserLocation
from tests.factories import world
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


def test_group_with_members_or_rights_stays(club: Gym) -> None:
    with pytest.raises(InUse, match="Alice"):
        removals.remove_unused_group(group=club.members, actor=club.actor)
    with pytest.raises(InUse, match=r"Staff.*Private"):
        removals.remove_unused_group(group=club.staff, actor=club.actor)
    for right in AccessRight.objects.filter(group=club.staff):
        actions.withdraw(right=right, actor=club.actor)
    removals.remove_unused_group(group=club.staff, actor=club.actor)
    assert not Group.objects.filter(name="Staff").exists()


def test_zone_and_schedule_with_rights_stay(club: Gym) -> None:
    with pytest.raises(InUse, match="Members"):
        removals.remove_zone(zone=club.zones[0], actor=club.actor)
    with pytest.raises(InUse, match="Members"):
        removals.remove_schedule(schedule=club.always, actor=club.actor)
    assert Zone.objects.count() == 2
    free = actions.create_zone(company=club.company, name="Attic", terminals=club.terminals, actor=club.actor)
    removals.remove_zone(zone=free, actor=club.actor)
    assert Zone.objects.count() == 2


def test_location_with_terminals_or_people_stays(club: Gym) -> None:
    with pytest.raises(InUse, match="Gate"):
        removals.remove_location(location=club.locations[0], actor=club.actor)
    attic = world.location(club.company, "Attic")
    alice = club.add("Zoe")
    link = UserLocation.objects.create(company=club.company, user=alice, location=attic)
    with pytest.raises(InUse, match="Zoe"):
        removals.remove_location(location=attic, actor=club.actor)
    link.delete()
    removals.remove_location(location=attic, actor=club.actor)
    assert not Location.objects.filter(name="Attic").exists()


def test_filter_that_named_only_what_was_deleted_does_not_come_to_mean_all(club: Gym) -> None:
    attic = world.location(club.company, "Attic")
    save_selection(
        administrator=club.administrator,
        choice=Selection(locations=frozenset({attic.pk}), groups=frozenset({club.members.pk})),
        actor=club.actor,
    )
    removals.remove_location(location=attic, actor=club.actor)
    assert not SyncFilter.objects.exists()
    assert saved_selection(club.administrator).is_empty


def test_names_change_once_and_are_not_given_twice(club: Gym) -> None:
    zone = club.zones[0]
    assert actions.rename_zone(zone=zone, name="Doors", actor=club.actor)
    assert not actions.rename_zone(zone=zone, name="Doors", actor=club.actor)
    with pytest.raises(AccessNameTaken):
        actions.rename_zone(zone=zone, name="Private", actor=club.actor)
    assert actions.rename_schedule(schedule=club.always, name="All day", actor=club.actor)
    assert TimeSchedule.objects.get().name == "All day"


def test_rights_of_a_group_in_a_zone_become_those_schedules(club: Gym) -> None:
    evening = world.schedule(club.company, "Evening", [["1", "18:00", "22:00"]])

    def become(*schedules: TimeSchedule) -> bool:
        return actions.set_rights(group=club.members, zone=club.zones[0], schedules=schedules, actor=club.actor)

    there = AccessRight.objects.filter(group=club.members, zone=club.zones[0])
    assert become(evening)
    assert [right.schedule for right in there.all()] == [evening]
    assert not become(evening)
    assert become()
    assert not there.all().exists()
