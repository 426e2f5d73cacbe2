"""Retries: what a terminal missed or refused is sent again, after longer and longer pauses, without a limit.

They need an agent that asks for work. An ended run terminal that is due to be tried again is reopened, so that the person
who watches the run sees it go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_scopes import scope, scopes_disabled

from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.compiled_queries import compiled_for_all_companies
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.sync.errors import SyncError
from doorsync.hub.sync.holdings.pending_holdings import pending_holdings
from doorsync.hub.sync.holdings.pending_refreshes import is_refreshing
from doorsync.hub.sync.models import RunTerminal, RunTerminalState
from doorsync.hub.sync.run.runs import LONGEST_PAUSE, OPEN, PATIENCE, reopen, unreachable
from doorsync.hub.terminals.connectivity import connected_agents
from doorsync.hub.terminals.models import Agent, Terminal

SPACING = timedelta(seconds=5)  # between two tries that an agent may cause
AT_ONCE = 500


def retry_due(now: datetime) -> int:
    """Reopen the ended run terminals that are due to be tried again; returns how many. There is no limit, only longer pauses."""
    return _try_all(_due(now) & connected_agents(now, "terminal__agent__"), now)


def retry_due_at(agent: Agent, now: datetime) -> int:
    """The same for an agent that is asking for work now, through whichever courier."""
    return _try_each(_due_of_agent(agent=agent.pk, now=now, far=now + LONGEST_PAUSE), now)


def _due(now: datetime) -> Q:
    return _between(now, now + LONGEST_PAUSE)


def _between(now: Any, far: Any) -> Q:
    return Q(retry_at__lte=now) | Q(retry_at__gt=far)  # so far ahead: the clock was set back


@compiled_for_all_companies
def _due_of_agent(*, agent: Any, now: Any, far: Any) -> QuerySet[RunTerminal]:
    return _to_try(_between(now, far) & Q(terminal__agent=agent))


def retry_terminal(terminal: Terminal, now: datetime) -> bool:
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
