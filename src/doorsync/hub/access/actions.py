"""Create and change zones, time schedules and access rights."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from doorsync.hub.access.affected import groups_with_rights, note_affected, note_hours_affected
from doorsync.hub.access.errors import AccessNameTaken
from doorsync.hub.access.hours import Slot
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.renaming import rename
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group


def create_zone(*, company: Company, name: str, terminals: Collection[Terminal], actor: Actor) -> Zone:
    """A new set of terminals. Raises NameTaken."""
    with company_transaction(company, actor):
        if Zone.objects.filter(name=name).exists():
            raise AccessNameTaken
        zone = Zone.objects.create(company=company, name=name)
        zone.terminals.set(terminals)
        trail.record("zone.created", actor=actor, zone=zone.pk)
    return zone


def change_zone(*, zone: Zone, terminals: Collection[Terminal], actor: Actor) -> bool:
    """Set the terminals of a zone; returns whether they differ."""
    with company_transaction(zone.company, actor) as change:
        before, after = set(zone.terminals.values_list("pk", flat=True)), {terminal.pk for terminal in terminals}
        if before == after:
            return False
        groups = groups_with_rights(zone=zone)
        note_affected(change, groups=groups, terminals=before | after)
        zone.terminals.set(terminals)
        trail.record("zone.changed", actor=actor, zone=zone.pk)
        note_affected(change, groups=groups, terminals=before | after)
    return True


def rename_zone(*, zone: Zone, name: str, actor: Actor) -> bool:
    """Another name; says whether it differs. Raises AccessNameTaken."""
    return rename(zone, name=name, kind="zone", taken=AccessNameTaken, actor=actor)


def create_schedule(*, company: Company, name: str, slots: list[Slot], actor: Actor) -> TimeSchedule:
    """A new time schedule, with the lowest free number: terminals have room for few. Raises NameTaken."""
    with company_transaction(company, actor):
        if TimeSchedule.objects.filter(name=name).exists():
            raise AccessNameTaken
        taken = set(TimeSchedule.objects.values_list("number", flat=True))
        number = next(each for each in count(1) if each not in taken)
        schedule = TimeSchedule.objects.create(company=company, name=name, number=number, slots=slots)
        trail.record("schedule.created", actor=actor, schedule=schedule.pk)
    return schedule


def change_schedule(*, schedule: TimeSchedule, slots: list[Slot], actor: Actor) -> bool:
    """Set the hours of a time schedule; returns whether they differ."""
    if schedule.slots == slots:
        return False
    with company_transaction(schedule.company, actor) as change:
        schedule.slots = slots
        schedule.save(update_fields=["slots"])
        trail.record("schedule.changed", actor=actor, schedule=schedule.pk)
        note_hours_affected(change, schedule)
    return True


def rename_schedule(*, schedule: TimeSchedule, name: str, actor: Actor) -> bool:
    """Another name, which terminals that hold the schedule are sent too; says whether it differs. Raises AccessNameTaken."""
    with company_transaction(schedule.company, actor) as change:
        renamed = rename(schedule, name=name, kind="schedule", taken=AccessNameTaken, actor=actor)
        if renamed:
            change.affects_schedules()
    return renamed


def grant(*, group: Group, zone: Zone, schedule: TimeSchedule, actor: Actor) -> bool:
    """Let a group pass a zone's doors in a schedule's hours; returns whether that is new."""
    with company_transaction(group.company, actor) as change:
        right, is_new = AccessRight.objects.get_or_create(company=group.company, group=group, zone=zone, schedule=schedule)
        if is_new:
            trail.record("right.granted", actor=actor, right=right.pk, group=group.pk, zone=zone.pk, schedule=schedule.pk)
            note_affected(change, groups=[group.pk], terminals=_doors(zone.pk))
    return is_new


def set_rights(*, group: Group, zone: Zone, schedules: Collection[TimeSchedule], actor: Actor) -> bool:
    """Let a group pass a zone's doors in the hours of exactly these schedules; none: not at all. Says whether that differs."""
    with company_transaction(group.company, actor):
        present = {right.schedule_id: right for right in AccessRight.objects.filter(group=group, zone=zone)}
        wished = {schedule.pk: schedule for schedule in schedules}
        for pk in wished.keys() - present.keys():
            grant(group=group, zone=zone, schedule=wished[pk], actor=actor)
        for pk in present.keys() - wished.keys():
            withdraw(right=present[pk], actor=actor)
    return present.keys() != wished.keys()


def withdraw(*, right: AccessRight, actor: Actor) -> None:
    """Delete an access right."""
    with company_transaction(right.company, actor) as change:
        trail.record("right.withdrawn", actor=actor, right=right.pk, group=right.group_id, zone=right.zone_id)
        note_affected(change, groups=[right.group_id], terminals=_doors(right.zone_id))
        right.delete()


def _doors(zone: int) -> list[int]:
    return list(Terminal.objects.filter(zones=zone).values_list("pk", flat=True))
