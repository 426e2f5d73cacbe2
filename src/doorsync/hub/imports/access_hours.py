"""The hours in which each group may pass each door. Compared before and after a change, they show who loses hours.

Weekly hours count, and those of each coming holiday, where a time schedule follows one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from doorsync.domain.holidays import Holiday, hours_on
from doorsync.hub.access.hours import Slot, slots_of
from doorsync.hub.access.models import AccessRight, Zone
from doorsync.hub.access.models import Holiday as CalendarHoliday
from doorsync.hub.users.models import Membership


class Pass(NamedTuple):
    """A group with people in it, at a terminal."""

    terminal: int
    group: str


ALWAYS = slots_of(["always"])
DAYS_AHEAD = 366  # so far holidays count
Hours = Mapping[Pass, list[Slot]]
Weekly = tuple[list[Slot], list[Holiday]]


def hours_at_doors() -> Hours:
    """The hours of each group that has people, at each terminal that it may pass, in the company's scope.

    Days are told with their time zone: in another one, the same hours are others. On a holiday of any of its time schedules,
    the day is told besides, by its date: with its hours, and with empty ones that say that it is a holiday.
    """
    terminals = defaultdict(list)
    placed = Zone.objects.filter(terminals__isnull=False).values_list("pk", "terminals", "terminals__location__time_zone")
    for zone, terminal, clock in placed:
        terminals[zone].append((terminal, clock))
    filled = set(Membership.objects.values_list("group_id", flat=True).distinct())
    coming = _coming_holidays()
    schedules: dict[tuple[Pass, str], list[Weekly]] = defaultdict(list)
    for right in AccessRight.objects.filter(group__in=filled).select_related("group", "schedule"):
        followed = coming.get(right.schedule.calendar_id or 0, [])
        for terminal, clock in terminals[right.zone_id]:
            schedules[Pass(terminal, right.group.name), clock].append((right.schedule.slots, followed))
    return {key: [*_weekly(some, clock), *_on_holidays(some, clock)] for (key, clock), some in schedules.items()}


def fewer_hours(before: Hours, after: Hours) -> Iterator[Pass]:
    """Who may still pass, but no longer in all the hours in which they could. Who may not pass any more is told by name."""
    for key in sorted(before.keys() & after.keys()):
        had, kept = _with_dates_of(before[key], after[key]), _merged(_with_dates_of(after[key], before[key]))
        always = all(slot in after[key] for slot in ALWAYS)
        if not all((always and not _date(slot)) or any(_holds(one, slot) for one in kept) for slot in had):
            yield key


def _coming_holidays() -> Mapping[int, list[Holiday]]:
    """By calendar, from yesterday on: somewhere it may still be."""
    yesterday = timezone.now().date() - timedelta(days=1)
    found = defaultdict(list)
    for each in CalendarHoliday.objects.filter(last__gte=yesterday):
        found[each.calendar_id].append(each.rule)
    return found


def _weekly(schedules: Iterable[Weekly], clock: str) -> Iterator[Slot]:
    for slots, _ in schedules:
        yield from _on_clock(slots, clock)


def _on_holidays(schedules: Collection[Weekly], clock: str) -> Iterator[Slot]:
    for day in sorted({day for _, followed in schedules for holiday in followed for day in _days(holiday)}):
        told = f"{clock} {day.isoformat()}"
        yield [told, "", ""]
        for slots, followed in schedules:
            yield from ([told, start, end] for start, end in hours_on([tuple(slot) for slot in slots], followed, day))


def _days(holiday: Holiday) -> Iterator[date]:
    today = timezone.now().date()
    for offset in range(-1, DAYS_AHEAD):
        if holiday.includes(day := today + timedelta(days=offset)):
            yield day


def _date(slot: Slot) -> str:
    """The date of a slot that is of a holiday; empty for a weekly one."""
    day = slot[0].rpartition(" ")[2]
    return day if len(day) > 1 else ""


def _with_dates_of(own: list[Slot], other: list[Slot]) -> list[Slot]:
    """The own slots, and on each holiday that only the other has, those of its weekday."""
    missing = {slot[0] for slot in other if _date(slot)} - {slot[0] for slot in own}
    added = []
    for told in missing:
        clock, _, day = told.rpartition(" ")
        weekday = str(date.fromisoformat(day).isoweekday())
        added += [[told, start, end] for name, start, end in own if name in (weekday, f"{clock} {weekday}")]
    return [slot for slot in [*own, *added] if slot[1] < slot[2]]


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
