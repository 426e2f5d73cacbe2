"""Turn users into what each terminal should hold of them: records, refusals, and the moments at which that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from doorsync.domain import validity
from doorsync.domain.digest import digest, field_marks
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Record
from doorsync.domain.refusals import RefusalCode
from doorsync.domain.rendering import Person, render_record
from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.access_graph import AccessGraph, Doors, Site
from doorsync.hub.sync.models import ValidityChange
from doorsync.hub.users.credential_kinds import KINDS, record_fields
from doorsync.hub.users.models import Credential, User
from doorsync.hub.users.queries import links_and_credentials, users_with_ids
from doorsync.messages import sizes
from doorsync.messages.schemas import Order
from doorsync.messages.sizes import RECORD

DAY = timedelta(days=1)
Rendering = tuple[Record | None, bytes | None, bytes | None, Reason]  # record, digest and marks, or why there is none
ENDED: Rendering = (None, None, None, NO_REASON)
NOTHING: Mapping[int, ValidityChange] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one terminal should hold under one key: a record with its digest, or the reason for holding none.

    Neither record nor reason: the person's access ended by an expiry that was set at least a day before. `given_back`: of a
    schedule, the weekdays whose hours are the usual ones again after a holiday.
    """

    key: str
    terminal_id: int
    user_id: int | None
    label: str
    started: bool = False
    record: Record | None = None
    digest: bytes | None = None
    marks: bytes | None = None
    refusal: Reason = NO_REASON
    given_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rendering needs of a user. `unreadable`: why no record can be made, because their data is damaged in the database."""

    user: User
    person: Person
    groups: tuple[int, ...]
    unreadable: Reason = NO_REASON
    noted_at: datetime | None = None  # when the present start and expiry were first seen

    @property
    def walls(self) -> str:
        """Start and expiry as wall-clock times, in one string."""
        return f"{self.user.starts}/{self.user.expires}"

    def started(self, site: Site, now: datetime) -> bool:
        """Whether the user's start, known before it came, has passed at this site."""
        known = self.user.starts and self.noted_at is not None
        return bool(known) and self.noted_at < validity.start_instant(self.user.starts, site.zone) <= now  # type: ignore[operator]  # known

    def foreseen(self, site: Site, now: datetime) -> bool:
        """Whether an expiry that was set at least a day before has ended the user's access at this site."""
        if not self.user.active or not self.user.expires or self.noted_at is None:
            return False
        end = validity.end_instant(self.user.expires, site.zone)
        return end <= now and self.noted_at <= end - DAY


def load_facts(company: Company, users: Collection[int], dues: Mapping[int, ValidityChange] = NOTHING) -> list[Facts]:
    """Load those of these users that still exist, in two queries. Raises CannotUnseal when the company's key is damaged."""
    vault.derived(company, "credential")
    groups, credentials = links_and_credentials(users)
    values, damaged = _values(company, credentials)
    return [
        Facts(
            user=user,
            person=Person(
                key=str(user.number),
                name=user.full_name,
                until=user.expires,
                **record_fields(values[user.pk]),
            ),
            groups=tuple(groups.get(user.pk, ())),
            unreadable=damaged.get(user.pk) or _unreadable(user),
            noted_at=_noted_at(user, dues.get(user.pk)),
        )
        for user in users_with_ids(users)
    ]


def _values(
    company: Company, credentials: Iterable[Credential]
) -> tuple[Mapping[int, Mapping[str, list[str]]], Mapping[int, Reason]]:
    """Each user's credential values by kind, and for users with an unreadable one the reason."""
    values: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    damaged: dict[int, Reason] = {}
    for credential in credentials:
        kind = KINDS.get(credential.kind)
        if kind is None:
            damaged[credential.user_id] = RefusalCode.UNKNOWN_CREDENTIAL()
            continue
        try:
            value = vault.unseal(company, "credential", bytes(credential.sealed), f"{credential.user_id}:{credential.kind}")
        except CannotUnseal:
            damaged[credential.user_id] = RefusalCode.UNREADABLE_CREDENTIAL(kind=kind.title)
            continue
        if kind.fault(value):
            damaged[credential.user_id] = RefusalCode.UNREADABLE_CREDENTIAL(kind=kind.title)
        values[credential.user_id][credential.kind].append(value)
    return values, damaged


def _noted_at(user: User, due: ValidityChange | None) -> datetime | None:
    return due.noted_at if due and due.walls == f"{user.starts}/{user.expires}" else None


def _unreadable(user: User) -> Reason:
    walls = filter(None, (user.starts, user.expires))
    return NO_REASON if all(map(_is_readable, walls)) else RefusalCode.UNREADABLE_DATES()


@lru_cache(maxsize=4096)  # many people have the same
def _is_readable(wall: str) -> bool:
    try:
        datetime.strptime(wall, validity.WALL)  # noqa: DTZ007 - a wall clock has no zone
    except ValueError:
        return False
    return True


def render_user(facts: Facts, structure: AccessGraph, key: bytes, now: datetime, *, marked: bool = True) -> Iterator[Wanted]:
    """One `Wanted` for each terminal that this user may open now. Equal terminals share the work.

    A user whose data is damaged is refused everywhere, and so removed where they are held: what they may do is unknown.
    `marked`: with the marks of the fields, which holdings keep and orders do not need.
    """
    for doors in structure.doors_of(facts.groups):
        valid = facts.unreadable or valid_at(facts.user, doors.site, now)
        if not valid and not facts.foreseen(doors.site, now):
            continue
        record, mark, marks, refusal = _rendered(facts, doors, structure, key, marked=marked) if valid else ENDED
        started = mark is not None and facts.started(doors.site, now)
        for terminal in doors.terminals:
            yield Wanted(
                key=facts.person.key,
                terminal_id=terminal,
                user_id=facts.user.pk,
                label=facts.person.name,
                started=started,
                record=record,
                digest=mark,
                marks=marks,
                refusal=refusal,
            )


def _rendered(facts: Facts, doors: Doors, structure: AccessGraph, key: bytes, *, marked: bool) -> Rendering:
    if damage := facts.unreadable or _damage(facts.user, doors, structure) or _unheld(doors):
        return None, None, None, damage
    rendered = render_record(facts.person, doors.schedules, doors.site.can, doors.site.readers)
    if isinstance(rendered, Reason):
        return None, None, None, rendered
    if _too_large(rendered):
        return None, None, None, RefusalCode.PERSON_TOO_LARGE()
    marks = field_marks(key, rendered) if marked else None
    return rendered, digest(key, rendered, doors.site.can.shown_fields), marks, NO_REASON


def _unheld(doors: Doors) -> Reason:
    """Why terminals cannot hold the hours in which this person may pass: they are not theirs to be widened."""
    if doors.unheld:
        return RefusalCode.HOURS_NOT_HELD()
    return NO_REASON if doors.schedules <= doors.room else RefusalCode.NO_ROOM_FOR_SCHEDULES(limit=doors.site.can.schedules)


def _damage(user: User, doors: Doors, structure: AccessGraph) -> Reason:
    """What is damaged in the database of that on which this user's access at these terminals depends."""
    if not doors.site.zone_is_known and (user.starts or user.expires):
        return RefusalCode.UNREADABLE_ZONE()
    return RefusalCode.UNREADABLE_SCHEDULE() if doors.schedules & structure.damaged else NO_REASON


def render_schedules(structure: AccessGraph, key: bytes) -> Iterator[Wanted]:
    """The time schedules that each terminal needs for the rights that reach it."""
    for terminal, used in sorted(structure.used.items()):
        room = structure.room_for(terminal)
        needed = set(structure.needed(terminal))
        for number in used:
            if number not in needed:
                continue
            record = structure.schedule_at(terminal, number)
            refusal = NO_REASON if number in room else RefusalCode.NO_ROOM_FOR_SCHEDULE()
            if not structure.holds_hours(terminal, number):
                limit = structure.sites[terminal].can.intervals_per_day
                refusal = RefusalCode.TOO_MANY_INTERVALS(intervals=structure.intervals[number], limit=limit)
            if _too_large(record):
                refusal = RefusalCode.SCHEDULE_TOO_LARGE()
            if number in structure.damaged:
                refusal = RefusalCode.UNREADABLE_SCHEDULE()
            yield Wanted(
                key=number,
                terminal_id=terminal,
                user_id=None,
                label=str(record.fields["name"]),
                record=None if refusal else record,
                digest=None if refusal else digest(key, record, structure.sites[terminal].can.shown_fields),
                refusal=refusal,
                given_back=structure.given_back(terminal, number),
            )


def _too_large(record: Record) -> bool:
    """Whether the record is larger than one order may be. Only records that could be are serialised to measure them."""
    letters = len(str(record.fields))
    return (
        6 * letters > RECORD
        and sizes.size_of(Order(do="put", kind=record.kind, key=record.key, fields=dict(record.fields))) > RECORD
    )


def valid_at(user: User, site: Site, now: datetime) -> bool:
    """Whether the user is active, their start has passed and their expiry has not, by this site's clocks."""
    if not user.active:
        return False
    started = not user.starts or validity.start_instant(user.starts, site.zone) <= now
    return started and not (user.expires and validity.end_instant(user.expires, site.zone) <= now)


def moments_around(facts: Facts, sites: Iterable[Site], now: datetime) -> tuple[datetime | None, datetime | None]:
    """The last start or expiry before `now` and the next one after it, over all these sites."""
    if facts.unreadable:
        return None, None
    user = facts.user
    zones = {site.zone for site in sites}
    all_moments = [validity.start_instant(user.starts, zone) for zone in zones if user.starts]
    all_moments += [validity.end_instant(user.expires, zone) for zone in zones if user.expires]
    last = max((moment for moment in all_moments if moment <= now), default=None)
    return last, min((moment for moment in all_moments if moment > now), default=None)
