"""Selections: the locations, terminals, groups and mode of a sync, from a query string or the saved filter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.errors import UnknownChoice
from doorsync.hub.sync.models import Mode, SyncFilter
from doorsync.hub.sync.scopes import Scope
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group

NONE: frozenset[int] = frozenset()


def within_limit(choice: Selection, administrator: Administrator) -> Selection:
    """The selection, for somebody who may be limited to locations: theirs where no location is chosen.

    Raises UnknownChoice for a location or terminal elsewhere: for them it does not exist.
    """
    limit = location_limit(administrator)
    if limit is None:
        return choice
    there = Terminal.objects.filter(pk__in=choice.terminals, location_id__in=limit).count()
    if not choice.locations <= limit or there != len(choice.terminals):
        raise UnknownChoice
    return replace(choice, locations=choice.locations or limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Sets of ids; an empty set means all. Either groups or a user may limit who is added or changed."""

    locations: frozenset[int] = NONE
    terminals: frozenset[int] = NONE
    groups: frozenset[int] = NONE
    user: int | None = None  # the only one who is added or changed, by id; no filter that is saved has one
    mode: Mode = Mode.CHANGES

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen, which means everything. That is likely a mistake, so removals must be confirmed."""
        return not (self.locations or self.terminals or self.groups or self.user)

    @property
    def scope(self) -> Scope:
        """Whom a run for it adds or changes."""
        return Scope() if self.mode == Mode.ERASE else Scope(self.groups, self.user)

    @classmethod
    def from_query(cls, query: QueryDict) -> Selection:
        """Read `location`, `terminal`, `group` (ids, repeated) and `mode`. Raises UnknownChoice for unknown ids."""
        mode = query.get("mode", "")
        return cls(
            locations=_existing(Location, query.getlist("location")),
            terminals=_existing(Terminal, query.getlist("terminal")),
            groups=_existing(Group, query.getlist("group")),
            mode=Mode(mode) if mode in Mode.values else Mode.CHANGES,
        )

    def as_query(self) -> str:
        """The selection as a query string."""
        pairs = [(name, i) for name in ("location", "terminal", "group") for i in sorted(getattr(self, f"{name}s"))]
        return urlencode([*pairs, ("mode", self.mode.value)])

    def key(self) -> str:
        """A hash that is equal for equal selections, so that they share one open run."""
        parts: list[object] = [sorted(self.locations), sorted(self.terminals), sorted(self.groups), self.mode.value]
        parts += [self.user] if self.user else []
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def chosen_terminals(self) -> QuerySet[Terminal]:
        """The selected terminals, ordered as the pages show them."""
        found = Terminal.objects.select_related("location", "agent").order_by("location__name", "name")
        if self.locations:
            found = found.filter(location_id__in=self.locations)
        if self.terminals:
            found = found.filter(pk__in=self.terminals)
        return found


def _existing(model: type[Any], ids: Iterable[str]) -> frozenset[int]:
    """All of these ids, or UnknownChoice: a filter whose only terminal was deleted must not come to mean all terminals."""
    numbers = {int(i) if i.isascii() and i.isdigit() and len(i) < 19 else 0 for i in ids}
    found = frozenset(model.objects.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else NONE
    if len(found) != len(numbers):
        raise UnknownChoice
    return found


def saved_selection(administrator: Administrator) -> Selection:
    """The administrator's saved filter, or the empty selection."""
    saved = SyncFilter.objects.filter(administrator=administrator).first()
    if saved is None:
        return within_limit(Selection(), administrator)
    kept = Selection(
        locations=frozenset(saved.locations.values_list("pk", flat=True)),
        terminals=frozenset(saved.terminals.values_list("pk", flat=True)),
        groups=frozenset(saved.groups.values_list("pk", flat=True)),
        mode=Mode(saved.mode),
    )
    try:
        return within_limit(kept, administrator)
    except UnknownChoice:  # they were limited after it was saved
        return within_limit(Selection(), administrator)


@transaction.atomic
def save_selection(*, administrator: Administrator, choice: Selection, actor: Actor) -> None:
    """Save this selection as the administrator's filter."""
    saved, _ = SyncFilter.objects.update_or_create(
        administrator=administrator, defaults={"company": administrator.company, "mode": choice.mode}
    )
    saved.locations.set(choice.locations)
    saved.terminals.set(choice.terminals)
    saved.groups.set(choice.groups)
    trail.record("filter.saved", actor=actor, filter=saved.pk)
