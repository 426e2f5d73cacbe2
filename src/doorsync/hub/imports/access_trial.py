"""What a change of zones, time schedules or rights would do at each door, found by doing it and rolling it back.

Only the access graph is compared and people are counted by the database: nobody is rendered, so that it costs the same however
many there are. Whom a terminal cannot hold shows after the change, as pending and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doorsync.domain.validity import WALL
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.dry_run import dry_run
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.imports.access_hours import Hours, fewer_hours, hours_at_doors
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.plan.guard_counts import guard_counts
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.credential_kinds import FOR_TERMINALS
from doorsync.hub.users.models import Credential, Membership, User

NAMES = 10
Openers = dict[int, set[int]]  # by terminal: the groups that may open it


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many, and the names of the first of them."""

    count: int = 0
    names: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorEffect:
    """What changes at one door. `fewer` and `more` are groups whose hours change. `waits`: the guard will ask for the number."""

    terminal: Terminal
    gains: People
    loses: People
    fewer: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    waits: bool = False


def try_access(company: Company, change: Callable[[], object], actor: Actor) -> list[DoorEffect]:
    """What `change` would do at each door, those without any effect left out. Raises what `change` raises."""
    with dry_run(), company_transaction(company, actor) as whole:
        before, hours = _openers(), hours_at_doors()
        change()
        found = list(_effects(before, _openers(), hours, hours_at_doors()))
        whole.forget()
    return _with_guard(company, found)


def _openers() -> Openers:
    openers: Openers = {}
    for group, doors in load_access_graph().opens.items():
        for terminal in doors:
            openers.setdefault(terminal, set()).add(group)
    return openers


def _effects(before: Openers, after: Openers, hours: Hours, later: Hours) -> Iterator[DoorEffect]:
    fewer, more = list(fewer_hours(hours, later)), list(fewer_hours(later, hours))
    places = {*before, *after, *(each.terminal for each in [*fewer, *more])}
    for terminal in Terminal.objects.select_related("location").filter(pk__in=places):
        had, has = before.get(terminal.pk, set()), after.get(terminal.pk, set())
        effect = DoorEffect(
            terminal=terminal,
            gains=_named(_equipped(_people(terminal, has, had))) if had != has else People(),
            loses=_named(_people(terminal, had, has)) if had != has else People(),
            fewer=tuple(each.group for each in fewer if each.terminal == terminal.pk),
            more=tuple(each.group for each in more if each.terminal == terminal.pk),
        )
        if effect.gains.count or effect.loses.count or effect.fewer or effect.more:
            yield effect


def _people(terminal: Terminal, groups: Collection[int], but: Collection[int]) -> QuerySet[User]:
    """Who is in one of the groups and in none of the others, and neither suspended nor expired at this door."""
    theirs = Membership.objects.filter(user_id=OuterRef("pk"))
    found = User.objects.filter(Exists(theirs.filter(group__in=groups)), ~Exists(theirs.filter(group__in=but)))
    wall = timezone.now().astimezone(terminal.location.zone).strftime(WALL)
    return found.filter(Q(expires="") | Q(expires__gt=wall), active=True)


def _equipped(people: QuerySet[User]) -> QuerySet[User]:
    """Those who have something to show at a door: nobody else gains one. They can lose one, where it knows their finger."""
    return people.filter(Exists(Credential.objects.filter(user_id=OuterRef("pk"), kind__in=FOR_TERMINALS)))


def _named(people: QuerySet[User]) -> People:
    return People(count=people.count(), names=tuple(user.full_name for user in people[:NAMES]))


def _with_guard(company: Company, effects: list[DoorEffect]) -> list[DoorEffect]:
    counts = guard_counts(company, [each.terminal.pk for each in effects if each.loses.count], timezone.now())

    def waits(each: DoorEffect) -> bool:
        seen = counts.get(each.terminal.pk)
        return seen is not None and min(each.loses.count, seen.held) + seen.losing > seen.free

    return [
        DoorEffect(
            terminal=each.terminal, gains=each.gains, loses=each.loses, fewer=each.fewer, more=each.more, waits=waits(each)
        )
        for each in effects
    ]
