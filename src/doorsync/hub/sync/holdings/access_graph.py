"""A company's access rights, read once and indexed by group: the terminals each group opens, and by which schedules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from doorsync.domain.allowance import shown_part
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record, Value
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.terminals.models import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What rendering needs of a terminal. Records are shared by terminals with equal `can`, `zone` and room for schedules."""

    terminal_id: int
    can: Capabilities
    zone: ZoneInfo
    zone_is_known: bool = True


@dataclass(slots=True)
class AccessGraph:
    """`sites` by terminal; `opens` by group: terminal -> schedule keys; `schedules` by key; `used`: the keys a terminal needs."""

    sites: dict[int, Site] = field(default_factory=dict)
    opens: dict[int, dict[int, set[str]]] = field(default_factory=dict)
    schedules: dict[str, Record] = field(default_factory=dict)
    used: dict[int, list[str]] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)  # keys of the schedules whose hours cannot be read

    def reach(self, groups: Iterable[int]) -> dict[int, frozenset[str]]:
        """The terminals that members of these groups may open, each with the keys of its schedules."""
        reached: dict[int, set[str]] = defaultdict(set)
        for group in groups:
            for terminal, keys in self.opens.get(group, {}).items():
                reached[terminal] |= keys
        return {terminal: frozenset(keys) for terminal, keys in reached.items()}

    def only(self, terminal: int) -> AccessGraph:
        """The part that concerns one terminal, so that rendering for it costs the same however many there are."""
        opens = {group: {terminal: doors[terminal]} for group, doors in self.opens.items() if terminal in doors}
        used = {terminal: self.used[terminal]} if terminal in self.used else {}
        return AccessGraph(sites=self.sites, opens=opens, schedules=self.schedules, used=used, damaged=self.damaged)

    def room_for(self, terminal: int) -> frozenset[str]:
        """The schedules that this terminal has room for, lowest numbers first."""
        return frozenset(self.used.get(terminal, [])[: self.sites[terminal].can.schedules])


def load_access_graph() -> AccessGraph:
    """Read the access graph of the company in scope: everything but the people."""
    found = AccessGraph()
    for terminal in Terminal.objects.select_related("location"):
        place = terminal.location
        site = Site(terminal_id=terminal.pk, can=terminal.capabilities, zone=place.zone, zone_is_known=place.zone_is_known)
        found.sites[terminal.pk] = site
    for schedule in TimeSchedule.objects.all():
        key = str(schedule.number)
        record = _schedule(schedule)
        if record is None:
            found.damaged.add(key)
        found.schedules[key] = record or Record(kind=Kind.SCHEDULE, key=key, fields={"name": schedule.name, "slots": []})
    _open_doors(found)
    return found


def _schedule(schedule: TimeSchedule) -> Record | None:
    """None where its hours are damaged in the database."""
    slots: object = schedule.slots
    if not isinstance(slots, list) or not all(isinstance(slot, list) for slot in slots):
        return None
    try:
        fields: dict[str, Value] = {"name": schedule.name, "slots": sorted(schedule.slots)}
    except TypeError:
        return None
    record = Record(kind=Kind.SCHEDULE, key=str(schedule.number), fields=fields)
    return record if shown_part(b"", record, ()) else None


def _open_doors(found: AccessGraph) -> None:
    doors: dict[int, list[int]] = defaultdict(list)
    for zone, terminal in Zone.objects.exclude(terminals=None).values_list("pk", "terminals"):
        doors[zone].append(terminal)
    used: dict[int, set[int]] = defaultdict(set)
    for group, zone, number in AccessRight.objects.values_list("group_id", "zone_id", "schedule__number"):
        for terminal in doors[zone]:
            found.opens.setdefault(group, {}).setdefault(terminal, set()).add(str(number))
            used[terminal].add(number)
    found.used = {terminal: [str(n) for n in sorted(numbers)] for terminal, numbers in used.items()}
