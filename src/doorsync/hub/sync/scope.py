"""Which holdings of a terminal a run may carry out, and in which order."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import NOBODY, Holding, State
from doorsync.hub.users.models import Membership

PUT = (State.CHANGED, State.NEW)

# Removals of people first; schedules before the people who need them, and away only after them.
ORDER: tuple[tuple[Kind, tuple[State, ...]], ...] = (
    (Kind.USER, (State.REMOVE,)),
    (Kind.SCHEDULE, PUT),
    (Kind.USER, PUT),
    (Kind.SCHEDULE, (State.REMOVE,)),
)


def in_scope(groups: Collection[int]) -> Q:
    """Groups limit whom a run adds or changes. Removals and schedules are always in scope, whatever the groups say."""
    if not groups:
        return Q()
    members = Membership.objects.filter(group_id__in=groups).values("user_id")
    return Q(state=State.REMOVE) | Q(kind=Kind.SCHEDULE) | Q(user_id__in=members)


def covers(wider: Collection[int], narrower: Collection[int]) -> bool:
    """Whether a run for these groups does all that one for those would; no groups at all are everybody."""
    return not wider or (bool(narrower) and set(narrower) - set(NOBODY) <= set(wider))


def pending(terminal_id: int, groups: Collection[int]) -> QuerySet[Holding]:
    """What is still to be sent to a terminal within this scope."""
    unsettled = (State.REMOVE, *PUT)
    return Holding.objects.filter(in_scope(groups), terminal_id=terminal_id, state__in=unsettled)


def room(terminal_id: int, capacity: int) -> int:
    """How many more people the terminal can take once all pending removals are done."""
    staying = Holding.objects.filter(terminal_id=terminal_id, kind=Kind.USER, wanted__isnull=False, held__isnull=False).count()
    return max(0, capacity - staying)
