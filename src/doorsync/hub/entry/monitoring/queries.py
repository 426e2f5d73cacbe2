"""The questions to the database, over all companies that are on. Each is answered from an index, or from a small table.

`state > 0` stands in the text, because SQLite sees no condition in a parameter and would not use the index of what is pending.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily as Gauge

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.pending_holdings import EXCESS_STATES
from doorsync.hub.sync.models import HoldingState, RunTerminalState
from doorsync.hub.terminals.connectivity import SILENT

PENDING = """
SELECT h.state, CASE WHEN h.held IS NULL THEN 0 ELSE 1 END AS there, COUNT(*), MIN(COALESCE(h.wanted_since, h.held_since))
FROM sync_holding h JOIN companies_company c ON c.id = h.company_id
WHERE h.state > 0 AND h.kind = %s AND c.active GROUP BY h.state, there
"""
AGENTS = """
SELECT CASE WHEN a.quarantined <> '' THEN 'quarantined' WHEN a.keys IS NULL THEN 'not-enrolled'
  WHEN a.waited_at >= %s OR (a.waited_at IS NOT NULL AND a.seen_at >= %s) THEN 'connected'
  WHEN a.waited_at IS NULL THEN 'by-page' ELSE 'away' END AS state, COUNT(*)
FROM terminals_agent a JOIN companies_company c ON c.id = a.company_id WHERE c.active GROUP BY state
"""
TERMINALS = """
SELECT CASE WHEN t.lost_at IS NOT NULL THEN 'lost' WHEN t.seen_at IS NULL THEN 'never-reached' ELSE 'reached' END AS state,
  COUNT(*)
FROM terminals_terminal t JOIN companies_company c ON c.id = t.company_id WHERE c.active GROUP BY state
"""
RUN_TERMINALS = "SELECT state, COUNT(*) FROM sync_runterminal WHERE state IN (%s, %s, %s) GROUP BY state"
RUNS = "SELECT COUNT(*), MIN(opened_at) FROM sync_run WHERE open_key IS NOT NULL"
BATCHES = "SELECT COUNT(*), MIN(issued_at) FROM sync_batch WHERE status = 'open'"
REFRESHING = """
SELECT COUNT(*) FROM sync_pendingrefreshuser r JOIN companies_company c ON c.id = r.company_id WHERE c.active AND NOT r.refreshed
"""
UNFINISHED = (RunTerminalState.WAITING, RunTerminalState.SYNCING, RunTerminalState.NOT_REACHED)
PLACES = {
    HoldingState.NEW: "new",
    HoldingState.CHANGED: "changed",
    HoldingState.REMOVE: "to-remove",
    HoldingState.REFUSED: "refused",
}
AGENT_STATES = ("connected", "away", "by-page", "not-enrolled", "quarantined")
TERMINAL_STATES = ("reached", "lost", "never-reached")


def all_figures() -> Iterator[Metric]:
    """Every gauge that comes from the database."""
    now = timezone.now()
    yield from _pending(now)
    heard = connection.ops.adapt_datetimefield_value(now - SILENT)
    yield _by_state("doorsync_agents", "Agents.", AGENT_STATES, _rows(AGENTS, heard, heard))
    yield _by_state("doorsync_terminals", "Terminals.", TERMINAL_STATES, _rows(TERMINALS))
    yield _by_state(
        "doorsync_run_terminals",
        "Terminals of runs that are not done.",
        tuple(UNFINISHED),
        _rows(RUN_TERMINALS, *(state.value for state in UNFINISHED)),
    )
    for name, what, question in (("runs", "Runs", RUNS), ("batches", "Batches", BATCHES)):
        ((count, oldest),) = _rows(question)
        yield Gauge(f"doorsync_open_{name}", f"{what} that are open.", value=count)
        yield Gauge(
            f"doorsync_open_{name}_oldest_seconds", f"Age of the oldest of the {name} that are open.", value=_age(oldest, now)
        )


def _pending(now: datetime) -> Iterator[Metric]:
    rows = _rows(PENDING, Kind.USER.value)
    pending = Gauge("doorsync_pending_holdings", "Pairs (person, door) that wait to be sent.", labels=["state"])
    excess = Gauge(
        "doorsync_excess_pairs",
        "Pairs (person, door) where the door's memory holds, or may hold, more than the rules say: who is to be removed, and "
        "who is to be changed.",
        labels=["state"],
    )
    oldest = Gauge("doorsync_excess_oldest_seconds", "How long the oldest of these pairs has been so.", labels=["state"])
    for state, name in PLACES.items():
        pending.add_metric([name], sum(count for found, _, count, _ in rows if found == state))
    for state in EXCESS_STATES:  # and held, which is EXCESS
        there = [(count, since) for found, held, count, since in rows if found == state and held]
        excess.add_metric([PLACES[state]], sum(count for count, _ in there))
        oldest.add_metric([PLACES[state]], max((_age(since, now) for _, since in there), default=0))
    yield from (pending, excess, oldest)
    ((refreshing,),) = _rows(REFRESHING)
    yield Gauge("doorsync_pending_refresh_users", "Users for whom a change is still being worked out.", value=refreshing)


def _by_state(name: str, what: str, states: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Metric:
    found = dict(rows)
    gauge = Gauge(name, what, labels=["state"])
    for state in states:
        gauge.add_metric([str(state)], found.get(state, 0))
    return gauge


def _rows(question: str, *values: str | int | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def _age(moment: datetime | str | None, now: datetime) -> float:
    """SQLite gives moments as text, in UTC."""
    if moment is None:
        return 0.0
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=now.tzinfo)
    return max(0.0, (now - moment) / timedelta(seconds=1))
