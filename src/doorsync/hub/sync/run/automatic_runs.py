"""Automatic runs: removals are sent at once, and what a terminal missed or refused is sent again.

They need an agent that waits at the hub, so that no browser is needed. Nothing is sent automatically over the guard: the
removals stay pending, and the sync page asks for the number to be typed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.compiled_queries import compiled_for_all_companies
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.errors import SyncError
from doorsync.hub.sync.holdings.pending import PENDING, pending_holdings, sent_unasked
from doorsync.hub.sync.holdings.pending_refreshes import is_refreshing, sendable
from doorsync.hub.sync.models import Holding, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import GIVEN_UP, LONGEST_PAUSE, OPEN, PATIENCE, join_run, open_run, reopen, unreachable
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.sync.scopes import NOBODY
from doorsync.hub.terminals.connectivity import SILENT
from doorsync.hub.terminals.models import Agent, Terminal

SPACING = timedelta(seconds=5)  # between two tries that an agent may cause
AT_ONCE = 500


def connected_agents(now: datetime, path: str = "") -> Q:
    """A filter for agents that dial out and were heard of lately. It looks at both times, as a busy agent does not wait."""
    lately = {f"{path}{name}__gt": now - SILENT for name in ("waited_at", "seen_at")}
    return Q(**{f"{path}waited_at__isnull": False}) & (Q(*lately.items(), _connector=Q.OR))


def start_removal_run(company: Company, actor: Actor, *, again: bool = False) -> Run | None:
    """Start a run for removals, narrower records and what is due by time, at terminals with a connected agent.

    Runs in the caller's transaction and scope, in the actor's name. Terminals over the guard are left out; that is recorded in
    the audit trail unless `again`.
    """
    agents = Agent.objects.filter(connected_agents(timezone.now())).values("pk")
    taking = Holding.objects.filter(PENDING, sent_unasked(), sendable()).values("terminal_id")
    terminals = frozenset(Terminal.objects.filter(agent__in=agents, pk__in=taking).values_list("pk", flat=True))
    if not terminals:
        return None
    terminal_plans = build_plan(company, Selection(terminals=terminals, groups=NOBODY)).terminal_plans
    guarded = sum(terminal_plan.over_guard for terminal_plan in terminal_plans)
    if guarded and not again:
        trail.record("run.held-back", actor=actor, terminals=guarded)
    free = frozenset(
        run_terminal.terminal.pk for run_terminal in terminal_plans if run_terminal.pending and _may_go(run_terminal)
    )  # a full one may have none
    choice = Selection(terminals=free, groups=NOBODY)
    if not free:
        return None
    planned = build_plan(company, choice)
    if running := Run.objects.filter(open_key=choice.key()).first():
        return join_run(running, planned, None, actor)
    run = open_run(company, choice, planned, actor)
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=len(free), confirmed=None)
    return run


def _may_go(terminal_plan: TerminalPlan) -> bool:
    """Whether the plan is within the guard. Where a terminal could not be read its counts are guesses, so batches decide."""
    return not terminal_plan.over_guard or bool(terminal_plan.terminal.unread and terminal_plan.terminal.unreadable)


def send_what_waits(now: datetime) -> int:
    """Start runs for losses and due changes that no run sends; returns for how many companies.

    A safety net: after a day the guard lets more pass, and what failed once is tried again.
    """
    with scopes_disabled():
        busy = RunTerminal.objects.filter(
            Q(state__in=OPEN) | Q(state__in=GIVEN_UP, retry_at__isnull=False), terminal=OuterRef("pk")
        )
        waits = Holding.objects.filter(PENDING, sent_unasked(), sendable()).values("terminal_id")
        idle = Terminal.objects.filter(connected_agents(now, "agent__"), ~Exists(busy), pk__in=waits, company__active=True)
        companies = list(Company.objects.filter(pk__in=idle.values("company_id")))
    for company in companies:
        with isolated("What waits could not be sent.", company=company.slug), scope(company=company), transaction.atomic():
            lock_company(company)
            start_removal_run(company, Actor(company_id=company.pk), again=True)
    return len(companies)


def on_agent_reconnected(agent: Agent, now: datetime) -> None:
    """Send what was removed while this agent was away, and try the terminals it could not reach. In its company's scope."""
    lock_company(agent.company)
    start_reading(agent)
    start_removal_run(agent.company, Actor(company_id=agent.company_id))
    unreachable(terminal__agent=agent).update(retry_at=now)


def catch_up(now: datetime) -> int:
    """Reopen the ended run terminals that are due to be tried again; returns how many. There is no limit, only longer pauses."""
    return _try_all(_due(now) & connected_agents(now, "terminal__agent__"), now)


def catch_up_at(agent: Agent, now: datetime) -> int:
    """The same for an agent that is asking for work now, through whichever courier."""
    return _try_each(_due_of_agent(agent=agent.pk, now=now, far=now + LONGEST_PAUSE), now)


def _due(now: datetime) -> Q:
    return _between(now, now + LONGEST_PAUSE)


def _between(now: Any, far: Any) -> Q:
    return Q(retry_at__lte=now) | Q(retry_at__gt=far)  # so far ahead: the clock was set back


@compiled_for_all_companies
def _due_of_agent(*, agent: Any, now: Any, far: Any) -> QuerySet[RunTerminal]:
    return _to_try(_between(now, far) & Q(terminal__agent=agent))


def catch_up_with(terminal: Terminal, now: datetime) -> bool:
    """Try a terminal at once that answers again by its agent's word. False: it is being tried already."""
    run_terminals, lost = RunTerminal.objects.filter(terminal=terminal), Q(terminal=terminal, state=RunTerminalState.NOT_REACHED)
    if (
        run_terminals.filter(state__in=OPEN).exists()
        or run_terminals.filter(lost, changed_at__range=(now - SPACING, now + AHEAD)).exists()
    ):
        return False
    _try_all(lost & connected_agents(now, "terminal__agent__"), now)
    return True


def _try_all(which: Q, now: datetime) -> int:
    with scopes_disabled():
        run_terminals = list(_to_try(which))
    return _try_each(run_terminals, now)


def _to_try(which: Q) -> QuerySet[RunTerminal]:
    open_there = RunTerminal.objects.filter(terminal=OuterRef("terminal"), state__in=OPEN)
    lost = unreachable().filter(which, ~Exists(open_there)).select_related("run__company", "terminal")
    return lost.order_by("terminal", "-run")[:AT_ONCE]


def _try_each(run_terminals: list[RunTerminal], now: datetime) -> int:
    """Reopen the newest run terminal of each terminal; its older ones follow when that one is done."""
    tried: set[int] = set()
    for run_terminal in run_terminals:
        with isolated(
            "A terminal could not be tried again.", company=run_terminal.run.company.slug, terminal=run_terminal.terminal_id
        ):
            if run_terminal.terminal_id not in tried and _try_again(run_terminal, now):
                tried.add(run_terminal.terminal_id)
    return len(tried)


def _try_again(run_terminal: RunTerminal, now: datetime) -> bool:
    """Reopen the run terminal, unless nothing is left for it to send."""
    with scope(company=run_terminal.run.company):
        unsure = run_terminal.terminal.unread or run_terminal.terminal.other_at or run_terminal.phase != "orders"
        unsure = unsure or is_refreshing(run_terminal.company_id)
        if not unsure and not pending_holdings(run_terminal.terminal_id, run_terminal.scope).exists():
            RunTerminal.objects.filter(pk=run_terminal.pk).update(retry_at=None)
            return False
        try:
            reopen(run_terminal)
        except SyncError:  # another run for the same selection is open, or another process was faster
            RunTerminal.objects.filter(pk=run_terminal.pk).update(retry_at=now + PATIENCE)
            return False
        return True
