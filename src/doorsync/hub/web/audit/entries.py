"""Entries of the trail for people: found by event, by who acted and by day, with the names that ids have now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorsync.hub.access.models import HolidayCalendar, TimeSchedule, Zone
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Location
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import Group, User

AT_ONCE = 50
NAMED: Mapping[str, Any] = {
    "administrator": Administrator,
    "agent": Agent,
    "calendar": HolidayCalendar,
    "group": Group,
    "location": Location,
    "schedule": TimeSchedule,
    "terminal": Terminal,
    "user": User,
    "zone": Zone,
}
WAYS: Mapping[str, Promise | str] = {
    "sign-in": _("signed in"),
    "token": _("by a link"),
    "esws": _("by a program"),
    "command-line": _("on the command line"),
    "hub": _("Doorsync itself"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for. `before` is the number of an entry: older ones only."""

    event: str = ""
    administrator: int | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry, who acted and by which way, and what it is about in words and ids."""

    entry: Entry
    who: str
    way: str
    about: tuple[str, ...]


def found_entries(sought: Sought, zone: ZoneInfo) -> tuple[list[EntryRow], int | None]:
    """The newest that fit, and the number before which the next page begins, if there is one. In the company's scope."""
    found = Entry.objects.order_by("-number")
    if sought.event:
        found = found.filter(event__startswith=sought.event)
    if sought.administrator:
        found = found.filter(actor__administrator_id=sought.administrator)
    if since := _begins(sought.since, 0, zone):
        found = found.filter(at__gte=since)
    if until := _begins(sought.until, 1, zone):
        found = found.filter(at__lt=until)
    if sought.before:
        found = found.filter(number__lt=sought.before)
    some = list(found[: AT_ONCE + 1])
    shown = some[:AT_ONCE]
    return _rows(shown), shown[-1].number if len(some) > AT_ONCE else None


def _begins(day: date | None, later: int, zone: ZoneInfo) -> datetime | None:
    """When the day that is so many days later begins; None for the ends of the calendar, which limit nothing."""
    try:
        return datetime.combine(day + timedelta(days=later), time(), zone).astimezone(UTC) if day else None
    except OverflowError:
        return None


def _rows(entries: list[Entry]) -> list[EntryRow]:
    names = _names(entries)
    return [_row(entry, names) for entry in entries]


def _row(entry: Entry, names: Mapping[tuple[str, int], str]) -> EntryRow:
    actor = entry.actor if isinstance(entry.actor, dict) else {}
    who, way = actor.get("administrator_id"), str(actor.get("via", ""))
    return EntryRow(
        entry=entry,
        who=names.get(("administrator", who), f"#{who}") if isinstance(who, int) else "",
        way=str(WAYS.get(way, way)),
        about=tuple(_about(name, value, names) for name, value in _subject(entry) if value not in (None, "")),
    )


def _about(name: str, value: object, names: Mapping[tuple[str, int], str]) -> str:
    known = names.get((name, value)) if isinstance(value, int) else None
    return f"{name} {known} (#{value})" if known else f"{name} {value}"


def _names(entries: Iterable[Entry]) -> dict[tuple[str, int], str]:
    """What the ids of these entries are called now; of what was deleted nothing is known any more."""
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        who = entry.actor.get("administrator_id") if isinstance(entry.actor, dict) else None
        for name, value in [*_subject(entry), ("administrator", who)]:
            if name in NAMED and isinstance(value, int):
                ids[name].add(value)
    return {(name, row.pk): str(row) for name, some in ids.items() for row in NAMED[name].objects.filter(pk__in=some)}


def _subject(entry: Entry) -> list[tuple[str, object]]:
    return list(entry.subject.items()) if isinstance(entry.subject, dict) else []
