"""Which holdings of a terminal a run may carry out, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from doorsync.domain.allowance import Narrowing
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.tallies import Pending, tallies
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS, Scope
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Membership

PUT = (HoldingState.CHANGED, HoldingState.NEW)
# The condition of the index `holding_pending`. Each query for what is pending repeats it: SQLite does not infer it from a state.
PENDING = Q(state__gt=HoldingState.SAME)

# Too much access: the terminal holds, or may hold, more of somebody than the rules say.
EXCESS_STATES = (HoldingState.REMOVE, HoldingState.CHANGED)
EXCESS = Q(kind=Kind.USER, state__in=EXCESS_STATES, held__isnull=False)

NARROWS = Q(state=HoldingState.CHANGED, narrows__gt=Narrowing.NONE)
ONLY_NARROWS = Q(NARROWS, gives=False)
WIDENS = Q(state=HoldingState.CHANGED, narrows=Narrowing.NONE)
TIMED = Q(state__in=PUT, timed=True, company__automatic_starts=True)


@dataclass(frozen=True, slots=True)
class Turn:
    """Pending holdings whose turn is the same. `narrows`: only changes that take something away, or only the others."""

    kind: Kind
    state: HoldingState
    narrows: bool | None = None

    @property
    def where(self) -> Q:
        """The condition for the database."""
        here = Q(kind=self.kind, state=self.state)
        return here if self.narrows is None else here & (NARROWS if self.narrows else WIDENS)

    def includes(self, each: Pending) -> bool:
        """Whether counted holdings are of this turn."""
        same_side = self.narrows is None or self.narrows == (each.narrows > Narrowing.NONE)
        return (each.kind, each.state) == (self.kind, self.state) and same_side


NEW_PEOPLE = Turn(Kind.USER, HoldingState.NEW)

# Losses come first, removals of people before all. A schedule is sent before the people who need it, and removed after them.
ORDER: tuple[Turn, ...] = (
    Turn(Kind.USER, HoldingState.REMOVE),
    Turn(Kind.SCHEDULE, HoldingState.CHANGED, narrows=True),
    Turn(Kind.SCHEDULE, HoldingState.NEW),
    Turn(Kind.USER, HoldingState.CHANGED, narrows=True),
    Turn(Kind.SCHEDULE, HoldingState.CHANGED, narrows=False),
    Turn(Kind.USER, HoldingState.CHANGED, narrows=False),
    NEW_PEOPLE,
    Turn(Kind.SCHEDULE, HoldingState.REMOVE),
)


def held_to_removals() -> Q:
    """At terminals where a restore was noticed, and nobody has pressed Sync since: this database may want who was removed."""
    return Q(terminal_id__in=Terminal.objects.filter(restored_at__isnull=False).values("pk"))


def sent_unasked() -> Q:
    """What is sent without a press. After a restore that is only what takes away and gives nothing."""
    taking = Q(kind=Kind.USER, state=HoldingState.REMOVE) | ONLY_NARROWS
    return taking | Q(NARROWS | TIMED, ~held_to_removals())


def in_scope(scope: Scope) -> Q:
    """The holdings that a run with this scope may send. Groups or a user limit whom it adds, and whose access it extends.

    Removals, narrower records, schedules, and what was confirmed and then lost are always in scope. A run for NOBODY extends
    nothing but what is due by time; it sends new schedules, because a schedule alone gives nobody access. After a restore it
    only takes away; see `held_to_removals`.
    """
    if scope.everybody:
        return Q()
    taking = Q(state=HoldingState.REMOVE) | ONLY_NARROWS
    if scope.groups == ONLY_REMOVALS:
        return taking
    always = Q(state=HoldingState.REMOVE) | NARROWS | Q(lost=True)
    if scope.groups == NOBODY:
        return taking | Q(always | Q(kind=Kind.SCHEDULE, state=HoldingState.NEW) | TIMED, ~held_to_removals())
    if scope.user is not None:
        return always | Q(kind=Kind.SCHEDULE) | Q(user_id=scope.user)
    members = Membership.objects.filter(group_id__in=scope.groups).values("user_id")
    return always | Q(kind=Kind.SCHEDULE) | Q(user_id__in=members)


def pending_holdings(terminal_id: int, scope: Scope) -> QuerySet[Holding]:
    """What is still to be sent to a terminal by a run with this scope."""
    unsettled = (HoldingState.REMOVE, *PUT)
    return Holding.objects.filter(in_scope(scope), terminal_id=terminal_id, state__in=unsettled)


def free_places(terminals: Iterable[Terminal]) -> dict[int, int]:
    """How many more people each of these terminals can take once its pending removals are done. One statement."""
    limits = {terminal.pk: terminal.capabilities.capacity for terminal in terminals}
    found = tallies(limits)
    return {pk: max(0, capacity - found[pk].lasting_people) for pk, capacity in limits.items()}


def overflow_count(terminal: Terminal, new: int) -> int:
    """How many of `new` people the terminal has no room for."""
    return max(0, new - free_places([terminal])[terminal.pk]) if new else 0
