"""Plans: what a run would do at each terminal, counted as new, changed, removed, the same and refused. Sends nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.errors import NoTerminals
from doorsync.hub.sync.holdings.counters import same_counts
from doorsync.hub.sync.holdings.pending_holdings import NARROWS, PENDING, free_places, in_scope
from doorsync.hub.sync.holdings.strangers import erasable_counts, undecided_counts
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Holding, HoldingState, Mode
from doorsync.hub.sync.plan import agent_notices, start_notices
from doorsync.hub.sync.plan.guard_counts import GuardCount, guard_counts
from doorsync.hub.sync.plan.refresh_notices import refresh_notices
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.scopes import Scope
from doorsync.hub.terminals.models import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalPlan:
    """What a run would do at one terminal. Counts are people; `schedules` are time schedules to send.

    `same` counts everybody who is confirmed there, whomever the choice is limited to; nobody where what the terminal holds is
    not known, and `same_known` says so.
    """

    terminal: Terminal
    new: int
    changed: int
    removed: int
    same: int
    refused: int
    schedules: int
    held: int
    narrowed: int  # of the changed people: those who lose a part of their access
    over_guard: bool  # so many would lose access that the number must be typed
    status: TerminalStatus
    strangers: int = 0  # enrolled at the terminal itself, on whom nobody has decided
    erased_strangers: int = 0  # whom an erase would cost, decided on or not
    same_known: bool = True

    @property
    def pending(self) -> int:
        """How many orders would be sent."""
        return self.new + self.changed + self.removed + self.schedules

    @property
    def elsewhere(self) -> int:
        """How many more orders wait for this terminal than this choice includes."""
        return max(0, self.status.waiting - self.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What pressing Sync would do."""

    choice: Selection
    terminal_plans: tuple[TerminalPlan, ...]
    obstacle: str
    notices: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()  # sentences on the moments at which Sync must be pressed again

    @property
    def new(self) -> int:
        """People to add, over all terminals."""
        return sum(terminal_plan.new for terminal_plan in self.terminal_plans)

    @property
    def changed(self) -> int:
        """People to change."""
        return sum(terminal_plan.changed for terminal_plan in self.terminal_plans)

    @property
    def removed(self) -> int:
        """People to remove."""
        return sum(terminal_plan.removed for terminal_plan in self.terminal_plans)

    @property
    def narrowed(self) -> int:
        """People who stay, and lose a part of their access."""
        return sum(terminal_plan.narrowed for terminal_plan in self.terminal_plans)

    @property
    def same(self) -> int:
        """People who are confirmed as they should be."""
        return sum(terminal_plan.same for terminal_plan in self.terminal_plans)

    @property
    def unconfirmed(self) -> int:
        """Terminals of which it is not known how many people are the same."""
        return sum(not terminal_plan.same_known for terminal_plan in self.terminal_plans)

    @property
    def refused(self) -> int:
        """People whom a terminal cannot hold."""
        return sum(terminal_plan.refused for terminal_plan in self.terminal_plans)

    @property
    def erased_strangers(self) -> int:
        """People who were enrolled at the terminals themselves, and would not be written back after an erase."""
        return sum(terminal_plan.erased_strangers for terminal_plan in self.terminal_plans)

    @property
    def to_confirm(self) -> int:
        """The number that must be typed before anybody loses access; 0 when none is needed."""
        if self.choice.mode == Mode.ERASE:
            return sum(terminal_plan.held for terminal_plan in self.terminal_plans) + self.erased_strangers
        if any(terminal_plan.over_guard for terminal_plan in self.terminal_plans):
            return self.removed + self.narrowed
        return self.removed if self.choice.is_empty else 0


def build_plan(company: Company, choice: Selection) -> Plan:
    """The plan for this choice. Its cost grows with what is pending in these terminals, whatever they hold."""
    terminals = list(choice.chosen_terminals())
    status = terminal_statuses(terminals)
    ids = [terminal.pk for terminal in terminals]
    erase = choice.mode == Mode.ERASE
    counts = _counts(ids, choice.scope)
    guard = guard_counts(company, ids, timezone.now())
    narrowed = _narrowed(ids)
    strangers, erased = undecided_counts(ids), erasable_counts(ids)
    room = free_places(terminal for terminal in terminals if counts[terminal.pk].get((Kind.USER, HoldingState.NEW)))
    terminal_plans = tuple(
        _terminal_plan(status[pk], counts[pk], guard[pk], narrowed.get(pk, 0), room.get(pk), erase=erase) for pk in ids
    )
    terminal_plans = tuple(
        replace(terminal_plan, strangers=strangers.get(pk, 0), erased_strangers=erased.get(pk, 0))
        for pk, terminal_plan in zip(ids, terminal_plans, strict=True)
    )
    now = timezone.now()
    return Plan(
        choice=choice,
        terminal_plans=terminal_plans,
        obstacle=_obstacle(terminals),
        notices=(*refresh_notices(), *agent_notices.agent_notices(terminals, now)),
        ahead=start_notices.start_notices(company, terminals, now),
    )


def _terminal_plan(
    status: TerminalStatus, counts: dict[tuple[int, int], int], guard: GuardCount, narrowed: int, free: int | None, *, erase: bool
) -> TerminalPlan:
    user = {state: counts.get((Kind.USER, state), 0) for state in HoldingState}
    new, changed, same = user[HoldingState.NEW], user[HoldingState.CHANGED], user[HoldingState.SAME]
    full = 0 if free is None else max(0, new - free)
    if erase:
        new, changed, same = new + changed + same, 0, 0
    schedules = sum(
        counts.get((Kind.SCHEDULE, state), 0) for state in (HoldingState.NEW, HoldingState.CHANGED, HoldingState.REMOVE)
    )
    return TerminalPlan(
        terminal=status.terminal,
        new=new - full,
        changed=changed,
        removed=user[HoldingState.REMOVE],
        same=same if status.known else 0,
        same_known=erase or status.known or status.terminal.seen_at is None,
        refused=user[HoldingState.REFUSED] + full,
        schedules=schedules,
        held=guard.held,
        narrowed=narrowed,
        over_guard=guard.stopped,
        status=status,
    )


def _narrowed(terminals: list[int]) -> dict[int, int]:
    rows = Holding.objects.filter(NARROWS, PENDING, terminal_id__in=terminals, kind=Kind.USER)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())


def _counts(terminals: list[int], scope: Scope) -> dict[int, dict[tuple[int, int], int]]:
    counts: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for (terminal, kind), same in same_counts(terminals).items():
        counts[terminal][kind, HoldingState.SAME] = same
    rows = Holding.objects.filter(PENDING, in_scope(scope), terminal_id__in=terminals)
    for terminal, kind, state, number in rows.values_list("terminal_id", "kind", "state").annotate(n=Count("*")).order_by():
        counts[terminal][kind, state] = number
    return counts


def _obstacle(terminals: list[Terminal]) -> str:
    return agent_notices.agent_obstacle(terminals) if terminals else NoTerminals.__doc__ or ""
