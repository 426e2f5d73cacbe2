"""A run as a person follows it: a line per terminal, one bar for the whole, a sentence at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorsync.hub.sync.models import Holding, Line, LineState, Mode, Problem, Run
from doorsync.hub.sync.runs import OPEN, find_run
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.silence import is_connected


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """A person or schedule that was not taken, and why."""

    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One terminal of the run. `planned` and `done` are people; `percent` is never 100 before the line is done."""

    terminal: Terminal
    state: LineState
    planned: int
    done: int
    new: int
    changed: int
    removed: int
    refused: int
    message: str
    problems: tuple[ProblemRow, ...]
    percent: int
    goes_on: bool = False  # not reached, and tried again without a press
    again_at: datetime | None = None  # when what its terminal refused or ignored is tried again without a press

    @property
    def open(self) -> bool:
        """Whether it is still being worked on."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """The whole run."""

    run: Run
    lines: tuple[LineView, ...]

    @property
    def open(self) -> bool:
        """Whether any line is still open."""
        return any(line.open for line in self.lines)

    @property
    def percent(self) -> int:
        """How much of the whole is confirmed."""
        planned = sum(line.planned for line in self.lines)
        if not self.open:
            return 100 if self.right == len(self.lines) else min(99, _share(sum(line.done for line in self.lines), planned))
        return min(99, _share(sum(line.done for line in self.lines), planned)) if planned else 0

    @property
    def right(self) -> int:
        """How many terminals are up to date."""
        return sum(line.state == LineState.DONE for line in self.lines)

    @property
    def failed(self) -> tuple[LineView, ...]:
        """The lines that ended otherwise."""
        return tuple(line for line in self.lines if not line.open and line.state != LineState.DONE)

    @property
    def retryable(self) -> bool:
        """Whether trying again can help: not where all that is missing is what a terminal cannot hold."""
        return any(line.problems or line.state != LineState.PARTLY or not line.refused for line in self.failed)

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence or two."""
        if self.open:
            waiting = all(line.state == LineState.WAITING for line in self.lines if line.open)
            return _("Waiting for a connection to the terminals.") if waiting else _("The terminals are being synchronised.")
        total = len(self.lines)
        if self.right == total:
            return ngettext("The terminal is up to date.", "All %(n)s terminals are up to date.", total) % {"n": total}
        told = {"n": self.right, "total": total, "why": "; ".join(map(_why, self.failed))}
        some = ngettext(
            "%(n)s of %(total)s terminals is up to date; %(why)s.",
            "%(n)s of %(total)s terminals are up to date; %(why)s.",
            self.right,
        )
        return some % told


def follow(public_id: str) -> RunView:
    """The run of the company in scope. Raises UnknownRun."""
    run = find_run(public_id)
    lines = list(
        run.lines.select_related("terminal__location", "terminal__agent").order_by("terminal__location__name", "terminal__name")
    )
    problems = _problems(lines)
    return RunView(run=run, lines=tuple(_line(run, line, problems.get(line.pk, ())) for line in lines))


def agents_of(run: Run) -> list[Agent]:
    """The agents that the open lines of a run need."""
    return list(
        Agent.objects.filter(terminals__in=run.lines.filter(state__in=OPEN).values("terminal")).distinct().order_by("name")
    )


def _line(run: Run, line: Line, problems: tuple[ProblemRow, ...]) -> LineView:
    planned = line.planned_new + line.planned_changed + line.planned_removed * (run.mode != Mode.ERASE)
    done = line.done_new + line.done_changed + line.done_removed
    state = LineState(line.state)
    return LineView(
        terminal=line.terminal,
        state=state,
        planned=max(planned, done),
        done=done,
        new=line.done_new,
        changed=line.done_changed,
        removed=line.done_removed,
        refused=line.planned_refused,
        message=line.message,
        problems=problems,
        percent=100 if state == LineState.DONE else min(99, _share(done, max(planned, done))),
        goes_on=state == LineState.NOT_REACHED and _tried_again(line),
        again_at=line.retry_at if state == LineState.PARTLY and _tried_again(line) else None,
    )


def _tried_again(line: Line) -> bool:
    """Without a press, because it was given up and its agent dials out."""
    return line.retry_at is not None and is_connected(line.terminal.agent, timezone.now())


def _problems(lines: list[Line]) -> dict[int, tuple[ProblemRow, ...]]:
    by_line: dict[int, tuple[ProblemRow, ...]] = {}
    terminals = {line.pk: line.terminal_id for line in lines}
    for problem in Problem.objects.filter(line__in=lines).order_by("pk")[:200]:
        row = Holding.objects.filter(terminal_id=terminals[problem.line_id], kind=problem.kind, key=problem.key).first()
        name = row.label if row else _("Number %(key)s") % {"key": problem.key}
        by_line[problem.line_id] = (*by_line.get(problem.line_id, ()), ProblemRow(name=name, message=problem.message))
    return by_line


def _share(done: int, planned: int) -> int:
    return done * 100 // planned if planned else 0


def _why(line: LineView) -> str:
    name = line.terminal.name
    if line.state == LineState.PARTLY and not line.problems and line.refused:
        cannot = ngettext("%(name)s cannot hold %(n)s person", "%(name)s cannot hold %(n)s people", line.refused)
        return cannot % {"name": name, "n": line.refused}
    reasons = {
        LineState.NOT_REACHED: _("%(name)s did not answer"),
        LineState.REFUSED: _("%(name)s was stopped before the first removal"),
        LineState.PARTLY: _("%(name)s is only partly done"),
    }
    return reasons.get(line.state, _("%(name)s is not done")) % {"name": name}
