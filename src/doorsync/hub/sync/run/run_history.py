"""The newest runs and what each did at the time. For the present status of terminals see `terminal_status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from doorsync.hub.sync.models import Run, RunTerminalState
from doorsync.hub.sync.run.runs import PATIENCE


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


def recent_runs(most: int = 5) -> list[PastRun]:
    """The newest runs of the company in scope, open ones included."""
    goes_on = Q(lines__state=RunTerminalState.NOT_REACHED, lines__retry_at__isnull=False)
    counted = Run.objects.annotate(
        total=Count("lines"),
        done=Count("lines", filter=Q(lines__state=RunTerminalState.DONE)),
        waiting=Count("lines", filter=goes_on),
    )
    rows = counted.select_related("administrator").order_by("-opened_at", "-pk")[:most]
    return [PastRun(run=run, done=run.done, waiting=run.waiting, total=run.total) for run in rows]
