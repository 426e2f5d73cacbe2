"""The hours in which each group may pass each door. Compared before and after a change, they show who loses hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from doorsync.hub.access.hours import Slot, slots_of
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.users.models import Membership


class Pass(NamedTuple):
    """A group with people in it, at a terminal."""

    terminal: int
    group: str


ALWAYS = slots_of(["always"])
Hours = Mapping[Pass, list[Slot]]


def hours_at_doors() -> Hours:
    """The hours of each group that has people, at each terminal that it may pass, in the company's scope.

    Days are told with their time zone: in another one, the same hours are others.
    """
    terminals = defaultdict(list)
    placed = Zone.objects.filter(terminals__isnull=False).values_list("pk", "terminals", "terminals__location__time_zone")
    for zone, terminal, clock in placed:
        terminals[zone].append((terminal, clock))
    filled = set(Membership.objects.values_list("group_id", flat=True).distinct())
    found: dict[Pass, list[Slot]] = defaultdict(list)
    for right in AccessRight.objects.filter(group__in=filled).select_related("group", "schedule"):
        for terminal, clock in terminals[right.zone_id]:
            found[Pass(terminal, right.group.name)] += _on_clock(right.schedule.slots, clock)
    return dict(found)


def fewer_hours(before: Hours, after: Hours) -> Iterator[Pass]:
    """Who may still pass, but no longer in all the hours in which they could. Who may not pass any more is told by name."""
    for key in sorted(before.keys() & after.keys()):
        kept = _merged(after[key])
        always = all(slot in after[key] for slot in ALWAYS)
        if not always and not all(any(_holds(one, slot) for one in kept) for slot in before[key]):
            yield key


def _on_clock(slots: list[Slot], clock: str) -> list[Slot]:
    return slots if slots == ALWAYS else [[f"{clock} {day}", start, end] for day, start, end in slots]


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
