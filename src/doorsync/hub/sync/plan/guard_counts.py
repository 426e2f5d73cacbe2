"""What the guard counts at each terminal: who would lose access, and who lost it in the last day without a typed number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from doorsync.domain.allowance import Narrowing
from doorsync.domain.record import Kind
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.pending_holdings import NARROWS, PENDING
from doorsync.hub.sync.holdings.tallies import Held, Pending, Tally, tallies
from doorsync.hub.sync.models import Holding, HoldingState, RunTerminal

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardCount:
    """The guard's numbers for one terminal.

    `held`: people it holds. `losing`: who would lose all access. `narrowed`: who would lose all or a part of it. `free` and
    `mass`: how many of each may do so without a typed number.
    """

    held: int = 0
    losing: int = 0
    narrowed: int = 0
    free: int = 0
    mass: int = 0

    @property
    def stopped(self) -> bool:
        """Whether a number must be typed first."""
        return self.losing > self.free or self.narrowed > self.mass


def count_losses() -> Q:
    """Holdings whose person would lose all access. Left out: people not held, and expiries set at least a day before."""
    removed = Q(state=HoldingState.REMOVE, held__isnull=False, foreseen=False)
    return Q(removed | Q(NARROWS, narrows=Narrowing.ALL), kind=Kind.USER)


def guard_counts(company: Company, terminals: Collection[int], now: datetime) -> dict[int, GuardCount]:
    """The guard's numbers for each of these terminals. In the company's scope."""
    counted = tallies(terminals)
    if len(terminals) == 1:  # for each batch and receipt
        lost = dict(_lost_at(terminal=next(iter(terminals)), since=now - DAY))
    else:
        lost = dict(_lost(RunTerminal.objects.filter(terminal_id__in=terminals), now - DAY))
    return {at: _guard_count(company, counted[at], lost.get(at, 0)) for at in terminals}


@compiled
def _lost_at(*, terminal: Any, since: Any) -> QuerySet[RunTerminal, tuple[int, int]]:
    return _lost(RunTerminal.objects.filter(terminal=terminal), since)


def _lost(run_terminals: QuerySet[RunTerminal], since: Any) -> QuerySet[RunTerminal, tuple[int, int]]:
    found = run_terminals.filter(lost_freely_at__gt=since).values_list("terminal_id")
    return found.annotate(n=Sum("lost_freely")).order_by()


def _guard_count(company: Company, counted: Tally, lost: int) -> GuardCount:
    held = counted.people_held
    return GuardCount(
        held=held,
        losing=counted.people(_loses_all),
        narrowed=counted.people(lambda each: _loses_all(each) or _narrows(each)),
        free=company.guard.free(held, lost),
        mass=company.guard.mass(held, lost),
    )


def _loses_all(each: Pending) -> bool:
    """As `count_losses`."""
    removed = each.state == HoldingState.REMOVE and each.held != Held.NOTHING and not each.foreseen
    return removed or (_narrows(each) and each.narrows == Narrowing.ALL)


def _narrows(each: Pending) -> bool:
    """As `NARROWS`."""
    return each.state == HoldingState.CHANGED and each.narrows > Narrowing.NONE


def is_stopped(run_terminal: RunTerminal) -> bool:
    """Whether more people would lose access than it allows: the typed number, or else what the guard lets pass now.

    Where nobody is left to lose anything, stopping would only keep people out, such as those whom an erase is to write back.
    """
    if not run_terminal.typed:
        return guard_counts(run_terminal.company, [run_terminal.terminal_id], timezone.now())[run_terminal.terminal_id].stopped
    counted = tallies([run_terminal.terminal_id])[run_terminal.terminal_id]
    taking = counted.people(lambda each: each.state == HoldingState.REMOVE or _narrows(each))
    return bool(taking) and run_terminal.done_removed + run_terminal.done_narrowed + taking > run_terminal.ceiling


def held_back(company: Company) -> dict[int, int]:
    """How many people's losses wait for a typed number, by terminal. In the company's scope."""
    waiting = set(
        Holding.objects.filter(count_losses() | NARROWS, PENDING, kind=Kind.USER).values_list("terminal_id", flat=True).distinct()
    )
    found = guard_counts(company, waiting, timezone.now())
    return {at: each.narrowed for at, each in found.items() if each.stopped}
