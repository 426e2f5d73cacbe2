"""The coming holidays of time schedules, each with the hours that are left on it, as the week is drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from doorsync.domain.holidays import hours_on
from doorsync.hub.access.models import Holiday, TimeSchedule
from doorsync.hub.web.access.weeks import Bar, bar

MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A holiday of a schedule: its days, and what is left of the hours of the first that has any; empty when it is closed."""

    holiday: Holiday
    bars: tuple[Bar, ...]
    hours: str


Coming = Mapping[int, list[Holiday]]


def coming_holidays(zone: ZoneInfo) -> Coming:
    """Those that are not over, by calendar, of the company in scope."""
    found: dict[int, list[Holiday]] = defaultdict(list)
    for holiday in Holiday.objects.filter(last__gte=timezone.now().astimezone(zone).date()):
        found[holiday.calendar_id].append(holiday)
    return found


def special_days(schedule: TimeSchedule, coming: Coming) -> list[SpecialDay]:
    """The next ones of the calendar that it follows."""
    days = coming.get(schedule.calendar_id or 0, [])
    return [_special(schedule, each) for each in days[:MOST]]


def _special(schedule: TimeSchedule, holiday: Holiday) -> SpecialDay:
    left = next((hours for day in _days(holiday) if (hours := hours_on(schedule.slots, [holiday.rule], day))), [])
    return SpecialDay(
        holiday=holiday,
        bars=tuple(bar(start, end) for start, end in left),
        hours=", ".join(f"{start}-{end}" for start, end in left),
    )


def _days(holiday: Holiday) -> list[date]:
    """At most a week of them: then the weekdays are the same again."""
    count = min((holiday.last - holiday.first).days + 1, 7)
    return [holiday.first + timedelta(days=offset) for offset in range(count)]
