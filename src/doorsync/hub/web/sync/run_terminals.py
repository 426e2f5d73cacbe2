"""One terminal of a run as a person sees it: what the run did there, and how the terminal stands all in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doorsync.hub.sync.holdings.terminal_status import Condition, TerminalStatus
from doorsync.hub.sync.models import RunTerminalState
from doorsync.hub.sync.run.runs import OPEN
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.sync.labels import run_terminal_badge, what_is_left


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """A person or schedule that was not taken, and why."""

    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTerminalView:
    """`planned` and `done` are people; `percent` is of what the run set out to do, and never 100 before it is done."""

    status: TerminalStatus
    state: RunTerminalState
    planned: int
    done: int
    new: int
    changed: int
    removed: int
    message: str
    problems: tuple[ProblemRow, ...]
    percent: int
    goes_on: bool = False  # not reached, and tried again without a press
    again_at: datetime | None = None  # when what its terminal refused or ignored is tried again without a press

    @property
    def terminal(self) -> Terminal:
        """Where it is."""
        return self.status.terminal

    @property
    def open(self) -> bool:
        """Whether it is still being worked on."""
        return self.state in OPEN

    @property
    def done_all(self) -> bool:
        """Whether the run did here what it set out to do."""
        return self.state == RunTerminalState.DONE

    @property
    def up_to_date(self) -> bool:
        """Whether moreover nothing at all waits here."""
        return self.done_all and self.status.up_to_date

    @property
    def to_decide(self) -> bool:
        """Whether the run cannot go on here until somebody decides on the device, or the expected one is back."""
        return self.state == RunTerminalState.NOT_REACHED and self.status.condition is Condition.OTHER_DEVICE

    @property
    def look(self) -> Badge:
        """Its state in colour, icon and word."""
        return run_terminal_badge(self.state, self.status)

    @property
    def left(self) -> str:
        """What keeps its terminal from being up to date, once the run is through with it; in a sentence."""
        return what_is_left(self.status) if self.done_all else ""
