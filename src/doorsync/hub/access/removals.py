"""Deleting groups, zones, time schedules and locations. What is still in use is refused, with the names of what uses it."""

from __future__ import annotations

from django.db.models import Q

from doorsync.hub.access.errors import InUse, ScheduleInUse
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group, User


def remove_unused_group(*, group: Group, actor: Actor) -> None:
    """Delete a group that has neither members nor rights. Raises InUse."""
    with company_transaction(group.company, actor):
        _refuse(group.name, what_uses_group(group))
        trail.record("group.removed", actor=actor, group=group.pk)
        group.delete()  # nobody is in it, and it opens nothing: nobody's access changes


def remove_zone(*, zone: Zone, actor: Actor) -> None:
    """Delete a zone that no right names. Its terminals stay. Raises InUse."""
    with company_transaction(zone.company, actor):
        _refuse(zone.name, what_uses_zone(zone))
        trail.record("zone.removed", actor=actor, zone=zone.pk)
        zone.delete()


def remove_schedule(*, schedule: TimeSchedule, actor: Actor) -> None:
    """Delete a time schedule that no right uses. Raises ScheduleInUse."""
    with company_transaction(schedule.company, actor):
        if rights := what_uses_schedule(schedule):
            raise ScheduleInUse.by(schedule.name, rights)
        trail.record("schedule.removed", actor=actor, schedule=schedule.pk)
        schedule.delete()


def remove_location(*, location: Location, actor: Actor) -> None:
    """Delete a location without terminals, to which nobody belongs. Raises InUse."""
    with company_transaction(location.company, actor):
        _refuse(location.name, what_uses_location(location))
        trail.record("location.removed", actor=actor, location=location.pk)
        location.delete()


def what_uses_group(group: Group) -> list[str]:
    """The names of its members and rights; empty when it can be deleted."""
    return [*_people(Q(groups=group)), *_rights(Q(group=group))]


def what_uses_zone(zone: Zone) -> list[str]:
    """The rights that name it; empty when it can be deleted."""
    return _rights(Q(zone=zone))


def what_uses_schedule(schedule: TimeSchedule) -> list[str]:
    """The rights that use it; empty when it can be deleted."""
    return _rights(Q(schedule=schedule))


def what_uses_location(location: Location) -> list[str]:
    """The names of its terminals and people; empty when it can be deleted."""
    terminals = Terminal.objects.filter(location=location).values_list("name", flat=True)
    return [*terminals, *_people(Q(locations=location))]


def _refuse(name: str, users_of_it: list[str]) -> None:
    if users_of_it:
        raise InUse.by(name, users_of_it)


def _rights(where: Q) -> list[str]:
    rights = AccessRight.objects.filter(where).select_related("group", "zone", "schedule").order_by("group__name", "zone__name")
    return [f"{right.group} \u2192 {right.zone} ({right.schedule})" for right in rights]


def _people(where: Q) -> list[str]:
    """The names of some people, and nothing for the others but that they are counted."""
    return [user.full_name for user in User.objects.filter(where)[:1000]]
