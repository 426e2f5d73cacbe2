"""Terminals that could not be read whole: what may be sent to them all the same, and what the pages say about them.

Only removals and narrower records are: see docs/decisions/removals-at-terminals-that-cannot-be-read.md. Everything else is
sent once they have been read.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.pending_holdings import NARROWS
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Holding, HoldingState, RunTerminal
from doorsync.hub.sync.plan.guard_counts import guard_counts, is_stopped
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.terminals.models import Terminal

REMOVALS = (Q(kind=Kind.USER, state=HoldingState.REMOVE),)
NEVER_THERE = Q(before=b"")  # nothing was confirmed under this key: sending it would add somebody
NARROWING = (
    Q(NARROWS, kind=Kind.SCHEDULE),
    Q(
        Q(state=HoldingState.NEW) | Q(NEVER_THERE, state=HoldingState.CHANGED), kind=Kind.SCHEDULE
    ),  # people's narrower records may need it
    Q(NARROWS & ~NEVER_THERE, kind=Kind.USER),
)


def note_failed_read(terminal: Terminal, why: Reason) -> None:
    """Note why the terminal could not be read whole. If it was unread, all that it holds becomes unknown."""
    first = not terminal.unreadable
    terminal.unreadable = why or RunTerminalCode.NOT_READ_WHOLE()
    terminal.save(update_fields=["unreadable"])
    if first and terminal.unread:
        forget_what_is_held(terminal, terminal.unread)


def what_takes_away(run_terminal: RunTerminal) -> tuple[Q, ...]:
    """What this run terminal may send to a terminal that could not be read, in order, within the guard."""
    narrowing = Holding.objects.filter(NARROWING[-1], terminal_id=run_terminal.terminal_id).exists()
    if not is_stopped(run_terminal):
        return (*REMOVALS, *(NARROWING if narrowing else ()))
    if run_terminal.typed:
        return ()
    seen = guard_counts(run_terminal.company, [run_terminal.terminal_id], timezone.now())[run_terminal.terminal_id]
    return REMOVALS if seen.losing <= seen.free else ()  # only narrower records are too many, and their number is a guess here


def only_removals(terminal: Terminal) -> Reason:
    """The reason shown for a terminal that could not be read; NO_REASON for others."""
    return RunTerminalCode.ONLY_REMOVALS.caused_by(terminal.unreadable) if terminal.unreadable else NO_REASON


def unreadable_text(terminal: Terminal) -> str:
    """The same as text; empty for others."""
    return describe_selection(only_removals(terminal))
