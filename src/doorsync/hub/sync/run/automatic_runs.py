"""Automatic runs: removals are sent at once, and what waited while an agent was away when it is back. `retries` tries again.

They need an agent that waits at the hub, so that no browser is needed. Nothing is sent automatically over the guard: the
removals stay pending, and the sync page asks for the number to be typed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.holdings.pending_holdings import PENDING, sent_unasked
from doorsync.hub.sync.holdings.pending_refreshes import sendable
from doorsync.hub.sync.models import Holding, Run, RunTerminal
from doorsync.hub.sync.plan.plans import TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import GIVEN_UP, OPEN, join_run, open_run, unreachable
from doorsync.hub.sync.run.unread_terminals import start_reading
from doorsync.hub.sync.scopes import NOBODY
from doorsync.hub.terminals.connectivity import connected_agents
from doorsync.hub.terminals.models import Agent, Terminal


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
