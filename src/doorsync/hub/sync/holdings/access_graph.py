"""A company's access rights, read once and indexed by group: the terminals each group opens, and by which schedules."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.cards import Readers
from doorsync.domain.holidays import Holiday, concern, given_back, hours_ahead
from doorsync.domain.hours import is_always, most_intervals
from doorsync.domain.record import Kind, Record
from doorsync.hub.companies.models import known_zone
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.sync.holdings.access_rows import (
    Row,
    ScheduleRow,
    What,
    access_rows,
    capabilities_in,
    holiday_in,
    of_kind,
    readers_named,
    schedule_in,
)

COMPANIES = 64  # whose graphs a process keeps
COMBINATIONS = 1000  # of groups that people are in, kept for each graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What rendering needs of a terminal. Those that differ by their id alone, with equal room for schedules, share records."""

    terminal_id: int
    can: Capabilities
    zone: ZoneInfo
    zone_is_known: bool = True
    readers: Readers = Readers.AS_IS


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Terminals at which members of the same groups get the same record. `site`: each of them, without its id.

    `schedules`: the keys that the record names; `room`: those that the terminals have room for; `unheld`: whether a schedule's
    hours are more than they can hold.
    """

    site: Site
    schedules: frozenset[str]
    room: frozenset[str]
    unheld: bool
    terminals: tuple[int, ...] = ()


@dataclass(slots=True)
class AccessGraph:
    """`sites` by terminal; `opens` by group: terminal -> schedule keys; `schedules` by key; `used`: the keys a terminal needs."""

    sites: dict[int, Site] = field(default_factory=dict)
    opens: dict[int, dict[int, set[str]]] = field(default_factory=dict)
    schedules: dict[str, Record] = field(default_factory=dict)
    used: dict[int, list[str]] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)  # keys of the schedules whose hours cannot be read
    always: set[str] = field(default_factory=set)  # keys of the schedules that are open at every minute
    intervals: dict[str, int] = field(default_factory=dict)  # of the fullest weekday of each schedule
    holidays: dict[str, list[Holiday]] = field(default_factory=dict)  # of the schedules that follow a calendar
    refreshing: bool = False
    now: datetime = field(default_factory=timezone.now)
    known_doors: dict[frozenset[int], list[Doors]] = field(default_factory=dict, repr=False)  # by groups, once asked for

    def doors_of(self, groups: Iterable[int]) -> list[Doors]:
        """The terminals that members of these groups may open, those together that get the same record."""
        asked = frozenset(groups)
        if (found := self.known_doors.get(asked)) is None:
            if len(self.known_doors) >= COMBINATIONS:  # another thread may do the same
                self.known_doors.clear()
            self.known_doors[asked] = found = self._doors_of(asked)
        return found

    def _doors_of(self, groups: frozenset[int]) -> list[Doors]:
        alike: dict[Doors, list[int]] = defaultdict(list)
        for terminal, allowed in sorted(self.reach(groups).items()):
            schedules = self.schedules_in(terminal, allowed)
            doors = Doors(
                site=replace(self.sites[terminal], terminal_id=0),
                schedules=schedules,
                room=self.room_for(terminal),
                unheld=not all(self.holds_hours(terminal, key) for key in schedules),
            )
            alike[doors].append(terminal)
        return [replace(doors, terminals=tuple(terminals)) for doors, terminals in alike.items()]

    def reach(self, groups: Iterable[int]) -> dict[int, frozenset[str]]:
        """The terminals that members of these groups may open, each with the keys of its schedules."""
        reached: dict[int, set[str]] = defaultdict(set)
        for group in groups:
            for terminal, keys in self.opens.get(group, {}).items():
                reached[terminal] |= keys
        return {terminal: frozenset(keys) for terminal, keys in reached.items()}

    def schedule_at(self, terminal: int, key: str) -> Record:
        """What this terminal should hold of a schedule: its hours for the coming seven days there, holidays taken out."""
        record, days = self.schedules[key], self.holidays.get(key, ())
        today = self.now.astimezone(self.sites[terminal].zone).date()
        if not concern(days, today):
            return record
        slots: Any = record.fields["slots"]
        return replace(record, fields={**record.fields, "slots": hours_ahead(slots, days, today)})

    def given_back(self, terminal: int, key: str) -> frozenset[str]:
        """The weekdays that a schedule has back at this terminal, since a holiday has passed."""
        days = self.holidays.get(key, ())
        return given_back(days, self.now.astimezone(self.sites[terminal].zone).date()) if days else frozenset()

    def only(self, terminal: int) -> AccessGraph:
        """The part that concerns one terminal, so that rendering for it costs the same however many there are."""
        opens = {group: {terminal: doors[terminal]} for group, doors in self.opens.items() if terminal in doors}
        used = {terminal: self.used[terminal]} if terminal in self.used else {}
        return replace(self, opens=opens, used=used, known_doors={})

    def renders_as_with(self, before: Capabilities, terminal: int) -> bool:
        """Whether people's records at this terminal are those that it had with the capabilities `before`."""
        site = self.sites[terminal]
        then = replace(self, sites={terminal: replace(site, can=before)})
        return before.renders_like(site.can) and then.room_for(terminal) == self.room_for(terminal)

    def room_for(self, terminal: int) -> frozenset[str]:
        """The schedules that this terminal has room for, and whose hours it can hold, lowest numbers first."""
        fitting = [key for key in self.needed(terminal) if self.holds_hours(terminal, key)]
        return frozenset(fitting[: self.sites[terminal].can.schedules])

    def needed(self, terminal: int) -> list[str]:
        """The schedules that this terminal has to hold: none that is always open, where nobody needs one for that."""
        used = self.used.get(terminal, [])
        return [key for key in used if key not in self.always] if self.sites[terminal].can.open_without_schedule else used

    def holds_hours(self, terminal: int, key: str) -> bool:
        """Whether a terminal can hold the hours of a schedule. Wider ones are never sent instead."""
        return self.intervals.get(key, 0) <= self.sites[terminal].can.intervals_per_day

    def schedules_in(self, terminal: int, schedules: frozenset[str]) -> frozenset[str]:
        """Those of a person's schedules that their record at this terminal names."""
        free = self.sites[terminal].can.open_without_schedule and schedules & self.always
        return frozenset() if free else schedules


_built: OrderedDict[int, tuple[list[Row], AccessGraph]] = OrderedDict()  # by company: what the graph was made from, and the graph
_lock = Lock()


def load_access_graph(now: datetime | None = None) -> AccessGraph:
    """Read the access graph of the company in scope, as it is at this moment: everything but the people.

    The rows are read each time. While they are the same, the graph that was made from them is used again; do not change it.
    """
    company = company_in_scope()
    rows = access_rows(company)
    with _lock:
        known, graph = _built.get(company, (None, AccessGraph()))
    if known != rows:
        graph = _graph_of(rows)
        with _lock:
            _built[company] = rows, graph
            _built.move_to_end(company)
            while len(_built) > COMPANIES:
                _built.popitem(last=False)
    return replace(graph, now=now or timezone.now())


def _graph_of(rows: list[Row]) -> AccessGraph:
    found = AccessGraph()
    for terminal, _none, _no, limits, readers, zone, _text in of_kind(rows, What.TERMINAL):
        found.sites[terminal] = Site(
            terminal_id=terminal,
            can=capabilities_in(limits),
            zone=known_zone(zone) or ZoneInfo("UTC"),
            zone_is_known=known_zone(zone) is not None,
            readers=readers_named(readers),
        )
    for number, calendar, _no, name, slots, *_texts in of_kind(rows, What.SCHEDULE):
        _add_schedule(found, schedule_in(number, name, slots), str(number), follows_calendar=calendar is not None)
    _open_doors(found, rows)
    found.refreshing = any(of_kind(rows, What.REFRESHING))
    for number, _none, _no, *day in of_kind(rows, What.HOLIDAY):
        found.holidays.setdefault(str(number), []).append(holiday_in(*day))
    return found


def _add_schedule(found: AccessGraph, schedule: ScheduleRow, key: str, *, follows_calendar: bool) -> None:
    if schedule.record is None:
        found.damaged.add(key)
    else:
        slots: Any = schedule.record.fields["slots"]
        found.intervals[key] = most_intervals(slots)
        found.always |= {key} if is_always(slots) and not follows_calendar else set()
    found.schedules[key] = schedule.record or Record(kind=Kind.SCHEDULE, key=key, fields={"name": schedule.name, "slots": []})


def _open_doors(found: AccessGraph, rows: list[Row]) -> None:
    doors: dict[int, list[int]] = defaultdict(list)
    for zone, terminal, *_rest in of_kind(rows, What.ZONE_TERMINAL):
        doors[zone].append(terminal)
    used: dict[int, set[int]] = defaultdict(set)
    for zone, group, number, *_rest in of_kind(rows, What.RIGHT):
        for terminal in doors[zone]:
            found.opens.setdefault(group, {}).setdefault(terminal, set()).add(str(number))
            used[terminal].add(number)
    found.used = {terminal: [str(n) for n in sorted(numbers)] for terminal, numbers in used.items()}
