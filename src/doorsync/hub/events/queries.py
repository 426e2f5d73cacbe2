"""Reads of the access log, of the company in scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from doorsync.domain.door_events import EventCode
from doorsync.hub.companies.models import Location
from doorsync.hub.events.models import AccessEvent, EventSettings
from doorsync.hub.events.wall_clock import Instants, instants_of

LATEST = 20  # of one person
OF_PEOPLE = (EventCode.GRANTED.value, EventCode.DENIED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events to show; what is None or empty limits nothing.

    The times are wall clocks of each event's own location, or moments if they say a zone.
    """

    first: datetime | None = None
    before: datetime | None = None  # itself not included
    terminals: Collection[int] = ()
    locations: Collection[int] | None = None  # None: all
    user_numbers: Collection[int] | None = None
    codes: Collection[str] = ()
    reasons: Collection[str] = ()
    received: bool = False  # the times are those at which the hub got the events

    def apply(self) -> QuerySet[AccessEvent]:
        """The events, newest first."""
        limits = Q()
        for name, values in (("terminal", self.terminals), ("code", self.codes), ("reason", self.reasons)):
            if values:
                limits &= Q(**{f"{name}__in": list(values)})
        if self.locations is not None:
            limits &= Q(location__in=list(self.locations))
        if self.user_numbers is not None:
            limits &= Q(user_number__in=list(self.user_numbers))
        return AccessEvent.objects.filter(limits & self._within())

    def _within(self) -> Q:
        """Each zone has its own instants; where there are several, an outer limit lets the database use its index."""
        if self.first is None and self.before is None:
            return Q()
        zones = sorted(set(Location.objects.order_by().values_list("time_zone", flat=True))) or ["UTC"]
        if len(zones) == 1:
            return self._between(zones[0])
        each = Q(*(Q(zone=zone) & self._between(zone) for zone in zones), _connector=Q.OR)
        return self._outer(zones) & (each | (~Q(zone__in=zones) & self._between("UTC")))

    def _between(self, zone: str) -> Q:
        """The times on clocks of this zone; of an hour that they show twice, the same part of both."""
        first, before = _instants(self.first, zone), _instants(self.before, zone)
        limits = self._limits(first.first if first else None, before.last if before else None)
        if first and first.set_back < first.last:  # the clock is set back to a time before the first one
            limits &= self._limits(None, first.set_back) | self._limits(first.last, None)
        if before and before.first < before.set_back:  # the clock goes on behind the last one before it is set back
            limits &= self._limits(None, before.first) | self._limits(before.set_back, None)
        return limits

    def _outer(self, zones: Collection[str]) -> Q:
        firsts = [at.first for zone in (*zones, "UTC") if (at := _instants(self.first, zone))]
        ends = [at.last for zone in (*zones, "UTC") if (at := _instants(self.before, zone))]
        return self._limits(min(firsts, default=None), max(ends, default=None))

    def _limits(self, first: datetime | None, before: datetime | None) -> Q:
        name = "received_at" if self.received else "at"
        return (Q(**{f"{name}__gte": first}) if first else Q()) & (Q(**{f"{name}__lt": before}) if before else Q())


def events_of_person(user_number: int, most: int = LATEST, locations: Collection[int] | None = None) -> list[AccessEvent]:
    """The latest events of whoever has or had this number, newest first; `locations`: at these only, None for all."""
    events = EventFilter(user_numbers=[user_number], locations=locations).apply()
    return list(events.select_related("terminal", "location", "log")[:most])


def event_choices() -> EventSettings:
    """The company's choices about its access log, unsaved where it never made any. Writes nothing."""
    return EventSettings.objects.first() or EventSettings()


def local_time(event: AccessEvent) -> datetime:
    """When the event happened, by the clock of its location."""
    return event.at.astimezone(event_zone(event))


def event_zone(event: AccessEvent) -> ZoneInfo:
    """The time zone of the location where it happened."""
    return _zone(event.zone)


def _instants(wall: datetime | None, zone: str) -> Instants | None:
    return None if wall is None else instants_of(wall, _zone(zone))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
