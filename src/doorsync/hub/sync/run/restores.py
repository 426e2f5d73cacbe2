"""After a restore: this database may want somebody at a door who was removed since the backup. Nothing is given before a press.

When an agent's hello shows that it or the database was restored, its terminals are held to removals. Pressing Sync ends that.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from doorsync.domain.reason import NO_REASON
from doorsync.hub.sync.models import Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import Plan
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals.models import Terminal


def hold_to_removals(terminals: QuerySet[Terminal]) -> None:
    """Let only removals out to these terminals until Sync is pressed again, whatever was pressed before."""
    ids = list(terminals.values_list("pk", flat=True))
    Terminal.objects.filter(pk__in=ids).update(restored_at=timezone.now())
    run_terminals = RunTerminal.objects.filter(terminal__in=ids).exclude(state=RunTerminalState.DONE)
    run_terminals.filter(phase="erase").update(phase="read")  # it would be emptied, and not filled again
    run_terminals.update(only_removals=True)
    run_terminals.filter(state__in=(RunTerminalState.WAITING, RunTerminalState.SYNCING)).update(
        message=RunTerminalCode.BEFORE_A_RESTORE()
    )


def release(run: Run, planned: Plan) -> None:
    """Sync was pressed for this plan: its run sends it all. Where it is for everybody, its terminals are free again."""
    chosen = [terminal_plan.terminal.pk for terminal_plan in planned.terminal_plans]
    run.run_terminals.filter(terminal__in=chosen, only_removals=True).update(only_removals=False, message=NO_REASON)
    if run.scope.everybody:
        Terminal.objects.filter(pk__in=chosen).update(restored_at=None)
