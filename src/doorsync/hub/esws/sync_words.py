"""The words in which programs are told how a sync stands. See docs/decisions/words-of-a-sync-without-browser.md."""

from __future__ import annotations

from doorsync.hub.sync.run.program_status import ProgramStatus, RunState

WORDS = {
    RunState.STOPPED: "STOPPED, {to_confirm} REMOVALS TO CONFIRM",
    RunState.SYNCING: "SYNCING",
    RunState.WAITING: "WAITING FOR A CONNECTION",
    RunState.NOT_DONE: "NOT DONE AT {not_done} TERMINALS",
    RunState.DONE: "DONE, {waiting} MORE WAITING",
    RunState.UP_TO_DATE: "UP TO DATE",
}


def status_words(status: ProgramStatus) -> str:
    """How the whole sync stands."""
    numbers = {"to_confirm": status.to_confirm, "not_done": status.count(RunState.NOT_DONE), "waiting": status.waiting}
    return WORDS[status.state].format(**numbers)
