"""In which hours each group may pass each door: compared before and after a change, it says whose hours become fewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from doorsync.hub.access.hours import Slot
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.users.models import Membership


class Pass(NamedTuple):
    """A group with people in it, at a terminal."""

    terminal: int
    group: str


Hours = Mapping[Pass, list[Slot]]


def hours_at_doors() -> Hours:
    """The hours of each group that has people, at each terminal that it may pass, in the company's scope."""
    terminals = defaultdict(list)
    for zone, terminal in Zone.objects.filter(terminals__isnull=False).values_list("pk", "terminals"):
        terminals[zone].append(terminal)
    filled = set(Membership.objects.values_list("group_id", flat=True).distinct())
    found: dict[Pass, list[Slot]] = defaultdict(list)
    for right in AccessRight.objects.filter(group__in=filled).select_related("group", "schedule"):
        for terminal in terminals[right.zone_id]:
            found[Pass(terminal, right.group.name)] += right.schedule.slots
    return dict(found)


def fewer(before: Hours, after: Hours) -> Iterator[Pass]:
    """Who may still pass, but no longer in all the hours in which they could. Who may not pass any more is told by name."""
    for key in sorted(before.keys() & after.keys()):
        kept = _merged(after[key])
        if not all(any(_holds(one, slot) for one in kept) for slot in before[key]):
            yield key


def _holds(one: Slot, other: Slot) -> bool:
    return one[0] == other[0] and one[1] <= other[1] and other[2] <= one[2]


def _merged(slots: Iterable[Slot]) -> list[Slot]:
    """Those of a day that touch or overlap as one."""
    merged: list[Slot] = []
    for day, start, end in sorted(slots):
        if merged and merged[-1][0] == day and start <= merged[-1][2]:
            merged[-1][2] = max(merged[-1][2], end)
        else:
            merged.append([day, start, end])
    return merged
