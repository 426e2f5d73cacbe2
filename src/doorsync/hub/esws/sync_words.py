"""The words in which programs are told how a sync stands. See docs/decisions/words-of-a-sync-without-browser.md."""

from __future__ import annotations

from doorsync.hub.sync.models import RunTerminalState
from doorsync.hub.sync.run.program_status import ProgramStatus, RunState, TerminalOutcome

WORDS = {
    RunState.STOPPED: "STOPPED, {to_confirm} REMOVALS TO CONFIRM",
    RunState.SYNCING: "SYNCING",
    RunState.WAITING: "WAITING FOR A CONNECTION",
    RunState.NOT_DONE: "NOT DONE AT {not_done} TERMINALS",
    RunState.DONE: "DONE, {waiting} MORE WAITING",
    RunState.UP_TO_DATE: "UP TO DATE",
}


OK, UNREACHABLE = "ok", "SynchDevice:SearchDevice_ByIP:ERROR [-102]"  # as the documentation's sample has them


def device_words(outcome: TerminalOutcome) -> str:
    """The result of one terminal: "ok" only where it is up to date."""
    if outcome.state is RunState.UP_TO_DATE:
        return OK
    if outcome.status.terminal.lost_at or outcome.run_terminal.state == RunTerminalState.NOT_REACHED:
        return UNREACHABLE
    numbers = {"to_confirm": outcome.run_terminal.planned_removed, "not_done": 1, "waiting": outcome.status.waiting}
    return f"SynchDevice:{WORDS[outcome.state].format(**numbers)}"


def status_words(status: ProgramStatus) -> str:
    """The state of the whole sync."""
    numbers = {"to_confirm": status.to_confirm, "not_done": status.count(RunState.NOT_DONE), "waiting": status.waiting}
    return WORDS[status.state].format(**numbers)
