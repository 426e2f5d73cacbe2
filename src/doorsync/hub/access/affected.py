"""Whom a change of rights, zones or schedules affects: the members of its groups, and more where a terminal is short of room.

Records of people name their schedules, so only those whose groups are concerned change. A terminal that has not room for all
schedules that its rights need leaves some out, lowest numbers first; then a change for one group moves others in or out, of
those whose groups have rights there.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from doorsync.hub.access.models import AccessRight, TimeSchedule
from doorsync.hub.companies.transactions import CompanyChange
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership


def note_affected(change: CompanyChange, *, groups: Collection[int], terminals: Collection[int]) -> None:
    """Note it, by ids. Call it both before and after what takes away or adds, because room counts at both moments."""
    concerned = {*groups, *groups_with_rights(zone__terminals__in=_short_of_room(terminals))}
    change.affects_schedules()
    change.affects(Membership.objects.filter(group__in=concerned).values_list("user_id", flat=True))


def note_hours_affected(change: CompanyChange, schedule: TimeSchedule) -> None:
    """Note that a time schedule has other hours, or other holidays.

    Whoever always passed may do so no more, and is then not sent to terminals that hold no schedules.
    """
    doors = Terminal.objects.filter(zones__rights__schedule=schedule).values_list("pk", flat=True)
    note_affected(change, groups=groups_with_rights(schedule=schedule), terminals=set(doors))


def groups_with_rights(**where: object) -> list[int]:
    """The ids of the groups that have such rights, such as `zone=`."""
    return list(AccessRight.objects.filter(**where).values_list("group_id", flat=True).distinct())


def _short_of_room(terminals: Collection[int]) -> list[int]:
    """Those of them that have not room for all schedules that the rights for their zones need."""
    used = AccessRight.objects.filter(zone__terminals__in=terminals).order_by()
    counts = dict(used.values_list("zone__terminals").annotate(n=Count("schedule", distinct=True)))
    rooms = Terminal.objects.filter(pk__in=terminals).only("limits")
    return [terminal.pk for terminal in rooms if counts.get(terminal.pk, 0) > terminal.capabilities.schedules]
