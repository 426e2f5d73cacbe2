"""The newest runs and what each did at the time. For the present status of terminals see `terminal_status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.sync.models import Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.run.runs import PATIENCE
from doorsync.hub.terminals.queries import visible_terminals


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run, with how many of its terminals are done, and how many are still being tried."""

    run: Run
    done: int
    waiting: int
    total: int

    @property
    def late(self) -> datetime | None:
        """When the run closed, if that was more than a minute after it opened."""
        closed = self.run.closed_at
        return closed if closed and not self.waiting and closed > self.run.opened_at + PATIENCE else None


def recent_runs(administrator: Administrator, most: int = 5) -> list[PastRun]:
    """The newest runs that this administrator sees, open ones included: whoever is limited, those at their locations only."""
    goes_on = Q(run_terminals__state=RunTerminalState.NOT_REACHED, run_terminals__retry_at__isnull=False)
    elsewhere = RunTerminal.objects.filter(run=OuterRef("pk")).exclude(terminal__in=visible_terminals(administrator))
    seen = Run.objects.exclude(Exists(elsewhere)) if administrator.limited else Run.objects.all()
    counted = seen.annotate(
        total=Count("run_terminals"),
        done=Count("run_terminals", filter=Q(run_terminals__state=RunTerminalState.DONE)),
        waiting=Count("run_terminals", filter=goes_on),
    )
    rows = counted.select_related("administrator").order_by("-opened_at", "-pk")[:most]
    return [PastRun(run=run, done=run.done, waiting=run.waiting, total=run.total) for run in rows]
