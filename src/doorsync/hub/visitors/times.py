"""When visits start and end, by the clocks of the company's locations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from doorsync.domain.validity import WALL, end_instant
from doorsync.hub.companies.models import Location

WEEK = timedelta(days=7)


def over_at(ends: str) -> datetime:
    """When a visit is over at the last of the locations of the company in scope."""
    zones = {location.zone for location in Location.objects.all()} or {ZoneInfo("UTC")}
    return max(end_instant(ends, zone) for zone in zones)


def next_week(starts: str, ends: str, until: date | None) -> tuple[str, str] | None:
    """The same times a week later; None where it does not come again."""
    first, last = (datetime.strptime(wall, WALL) + WEEK for wall in (starts, ends))  # noqa: DTZ007 - a wall clock
    return (first.strftime(WALL), last.strftime(WALL)) if until and first.date() <= until else None


def fits_weekly(starts: str, ends: str) -> bool:
    """Whether it is over when it begins again."""
    first, last = (datetime.strptime(wall, WALL) for wall in (starts, ends))  # noqa: DTZ007 - a wall clock
    return last - first < WEEK
