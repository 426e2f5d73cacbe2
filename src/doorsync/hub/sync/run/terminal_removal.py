"""Deleting a terminal. What it holds is no longer known afterwards, so it has to be empty, or known to be gone."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.sync.models import Batch, Holding, Run, RunTerminal
from doorsync.hub.sync.run.runs import close_if_done
from doorsync.hub.terminals.errors import TerminalInUse
from doorsync.hub.terminals.models import Terminal


def may_still_hold(terminal: Terminal) -> int:
    """How many entries its memory holds, or may hold; what an unanswered batch puts there is counted too."""
    held = Holding.objects.filter(held__isnull=False, terminal_id=terminal.pk).count()
    underway = Batch.objects.filter(terminal=terminal, status=Batch.OPEN).values_list("orders", flat=True)
    return held + sum(not removal for orders in underway for removal, *_rest in orders)


def remove_terminal(*, terminal: Terminal, lost: bool = False, actor: Actor) -> None:
    """Delete a terminal, what is known of it, and its run terminals. The audit keeps its history.

    Raises TerminalInUse while it is in a zone, and while its memory holds or may hold somebody. `lost`: an administrator
    says that the device is gone or opens nothing any more; what it holds then stays in it, and nobody will remove it.
    """
    with company_transaction(terminal.company, actor):
        if zones := list(terminal.zones.values_list("name", flat=True)):
            told = {"name": terminal.name, "zones": ", ".join(zones)}
            raise TerminalInUse(
                _("“%(name)s” is still in %(zones)s. Take it out of there first: then everybody is removed from it.") % told
            )
        held = may_still_hold(terminal)
        if held and not lost:
            raise TerminalInUse(_told(terminal.name, held))
        runs = list(Run.objects.filter(run_terminals__terminal=terminal, closed_at=None))
        trail.record("terminal.removed", actor=actor, terminal=terminal.pk, held=held, lost=int(lost))
        Batch.objects.filter(terminal=terminal).delete()
        RunTerminal.objects.filter(terminal=terminal).delete()
        Holding.objects.filter(terminal_id=terminal.pk).delete()
        terminal.delete()
        for run in runs:
            close_if_done(run)


def _told(name: str, held: int) -> str:
    text = ngettext(
        "“%(name)s” holds, or may hold, %(held)s entry. It is removed by itself once the terminal answers.",
        "“%(name)s” holds, or may hold, %(held)s entries. They are removed by themselves once the terminal answers.",
        held,
    )
    return text % {"name": name, "held": held}
