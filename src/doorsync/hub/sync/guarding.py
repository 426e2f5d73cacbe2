"""What the guard counts at each terminal: who would lose access there, and who lost it without a typed number within a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.models import Holding, Line, State

DAY = timedelta(days=1)


def losses() -> Q:
    """Holdings whose person would lose access: not who never was there, and no expiry that was set a day before it came."""
    return Q(kind=Kind.USER, state=State.REMOVE, held__isnull=False, foreseen=False)


def losing(terminals: Collection[int]) -> dict[int, int]:
    """How many people would lose access at each of these terminals."""
    rows = Holding.objects.filter(losses(), terminal_id__in=terminals)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())


def held(terminals: Collection[int]) -> dict[int, int]:
    """How many people each of these terminals holds."""
    rows = Holding.objects.filter(terminal_id__in=terminals, kind=Kind.USER, held__isnull=False)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())


def free(company: Company, holding: dict[int, int], now: datetime) -> dict[int, int]:
    """How many more may lose access at each of these terminals, which hold so many, without a typed number."""
    lines = Line.objects.filter(terminal_id__in=holding, lost_freely_at__gt=now - DAY)
    lost = dict(lines.values_list("terminal_id").annotate(n=Sum("lost_freely")).order_by())
    return {terminal: company.guard.free(number, lost.get(terminal, 0)) for terminal, number in holding.items()}


def is_stopped(line: Line) -> bool:
    """Whether more would lose access than the line may take away: what was typed, or else what the guard lets pass now."""
    at = line.terminal_id
    if line.typed:
        removals = Holding.objects.filter(terminal_id=at, kind=Kind.USER, state=State.REMOVE).count()
        return line.done_removed + removals > line.ceiling
    return losing([at]).get(at, 0) > free(line.company, {at: held([at]).get(at, 0)}, timezone.now())[at]


def held_back(company: Company) -> dict[int, int]:
    """How many removals wait for a typed number, by terminal. In the company's scope."""
    waiting = losing(Holding.objects.filter(losses()).values_list("terminal_id", flat=True).distinct())
    holding = held(waiting)
    limits = free(company, {terminal: holding.get(terminal, 0) for terminal in waiting}, timezone.now())
    return {terminal: number for terminal, number in waiting.items() if number > limits[terminal]}
