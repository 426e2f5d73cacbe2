"""What a program is told of a run: how far it is, and what keeps it or its terminals from being up to date now.

A terminal where the run ended early counts as done once whatever it was to send has been confirmed there, by whichever run.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from doorsync.hub.sync.holdings.pending_holdings import pending_holdings
from doorsync.hub.sync.holdings.pending_refreshes import is_refreshing
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.run.runs import OPEN, selection_of


class RunState(StrEnum):
    """The state of a run or of one of its terminals: the first that applies, in this order."""

    STOPPED = "stopped"  # waits for a typed number
    SYNCING = "syncing"
    WAITING = "waiting"  # for a connection
    NOT_DONE = "not-done"  # not reached, or something was refused or ignored
    DONE = "done"  # did all it was for; at its terminals something else is not up to date
    UP_TO_DATE = "up-to-date"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalOutcome:
    """One terminal of a run."""

    run_terminal: RunTerminal
    status: TerminalStatus
    state: RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramStatus:
    """A run. `waiting`: changes that wait at its terminals. `to_confirm`: the number to type, where it is stopped."""

    terminals: tuple[TerminalOutcome, ...]
    waiting: int
    to_confirm: int

    @property
    def state(self) -> RunState:
        """Of the whole: that of the terminal whose state comes first. Where all were deleted, nobody knows how it went."""
        return min((each.state for each in self.terminals), key=list(RunState).index, default=RunState.NOT_DONE)

    @property
    def open(self) -> bool:
        """Whether it goes on by itself."""
        return any(each.state in (RunState.SYNCING, RunState.WAITING) for each in self.terminals)

    def count(self, state: RunState) -> int:
        """How many terminals are in this state."""
        return sum(each.state is state for each in self.terminals)


def program_status(run: Run) -> ProgramStatus:
    """How the run stands. In its company's scope; a few queries and one for each terminal that ended early."""
    run_terminals = list(
        run.run_terminals.select_related("run", "terminal__location", "terminal__agent").order_by("terminal__name", "pk")
    )
    statuses = terminal_statuses(run_terminal.terminal for run_terminal in run_terminals)
    terminals = tuple(_outcome(run_terminal, statuses[run_terminal.terminal_id]) for run_terminal in run_terminals)
    stopped = any(each.state is RunState.STOPPED for each in terminals)
    return ProgramStatus(
        terminals=terminals,
        waiting=sum(each.status.waiting for each in terminals),
        to_confirm=build_plan(run.company, selection_of(run)).to_confirm if stopped else 0,
    )


def _outcome(run_terminal: RunTerminal, status: TerminalStatus) -> TerminalOutcome:
    return TerminalOutcome(run_terminal=run_terminal, status=status, state=_state(run_terminal, status))


def _state(run_terminal: RunTerminal, status: TerminalStatus) -> RunState:
    if run_terminal.state in OPEN:
        return RunState.SYNCING if run_terminal.state == RunTerminalState.SYNCING else RunState.WAITING
    if status.up_to_date:
        return RunState.UP_TO_DATE
    if run_terminal.state == RunTerminalState.DONE or _done_since(run_terminal, status):
        return RunState.DONE
    return RunState.STOPPED if run_terminal.state == RunTerminalState.REFUSED else RunState.NOT_DONE


def _done_since(run_terminal: RunTerminal, status: TerminalStatus) -> bool:
    """Whether another run has confirmed all that this one was to send there."""
    reliable = status.known and status.terminal.lost_at is None and status.terminal.seen_at is not None
    pending = pending_holdings(run_terminal.terminal_id, run_terminal.run.scope)
    return reliable and not (is_refreshing(run_terminal.company_id) or pending.exists())
