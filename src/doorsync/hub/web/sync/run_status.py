"""The status of a run as its page shows it: each terminal, the progress of the whole, and a sentence at the end."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Holding, Mode, Problem, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.run.runs import OPEN, find_run
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.models import Agent
from doorsync.hub.web.sync import run_sentences
from doorsync.hub.web.sync.run_terminals import ProblemRow, RunTerminalView


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """The whole run."""

    run: Run
    lines: tuple[RunTerminalView, ...]

    @property
    def open(self) -> bool:
        """Whether any line is still open."""
        return any(line.open for line in self.lines)

    @property
    def state(self) -> str:
        """`running`; `done`: nothing at all waits in these terminals; `limited`: it did what it set out to do; `incomplete`."""
        if self.open:
            return "running"
        if self.right == len(self.lines):
            return "done"
        return "limited" if all(line.done_all for line in self.lines) else "incomplete"

    @property
    def percent(self) -> int:
        """How much of what it set out to do is confirmed."""
        planned = sum(line.planned for line in self.lines)
        if self.state in ("done", "limited"):
            return 100
        return min(99, _share(sum(line.done for line in self.lines), planned))

    @property
    def right(self) -> int:
        """How many terminals are up to date."""
        return sum(line.up_to_date for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many changes wait in its terminals, in its scope or not."""
        return sum(line.status.waiting for line in self.lines)

    @property
    def refused(self) -> int:
        """How many people its terminals cannot hold; who is refused at two of them counts twice."""
        return sum(line.status.refused for line in self.lines)

    @property
    def retryable(self) -> bool:
        """Whether a line ended before it had done what it could."""
        return any(not line.open and not line.done_all for line in self.lines)

    @property
    def sentence(self) -> str:
        """What came of it."""
        return run_sentences.run_sentence(self.lines)


def run_status(public_id: str) -> RunStatus:
    """The run of the company in scope. Raises UnknownRun."""
    run = find_run(public_id)
    lines = list(
        run.lines.select_related("terminal__location", "terminal__agent").order_by("terminal__location__name", "terminal__name")
    )
    problems, status = _problems(lines), terminal_statuses(line.terminal for line in lines)
    views = (_line(run, line, status[line.terminal_id], problems.get(line.pk, ())) for line in lines)
    return RunStatus(run=run, lines=tuple(views))


def agents_of(run: Run) -> list[Agent]:
    """The agents that the open lines of a run need."""
    return list(
        Agent.objects.filter(terminals__in=run.lines.filter(state__in=OPEN).values("terminal")).distinct().order_by("name")
    )


def _line(run: Run, line: RunTerminal, status: TerminalStatus, problems: tuple[ProblemRow, ...]) -> RunTerminalView:
    planned = line.planned_new + line.planned_changed + line.planned_removed * (run.mode != Mode.ERASE)
    done = line.done_new + line.done_changed + line.done_removed
    state = RunTerminalState(line.state)
    return RunTerminalView(
        status=status,
        state=state,
        planned=max(planned, done),
        done=done,
        new=line.done_new,
        changed=line.done_changed,
        removed=line.done_removed,
        message=describe_selection(line.message),
        problems=problems,
        percent=100 if state == RunTerminalState.DONE else min(99, _share(done, max(planned, done))),
        goes_on=state == RunTerminalState.NOT_REACHED and _tried_again(line),
        again_at=line.retry_at if state == RunTerminalState.PARTLY and _tried_again(line) else None,
    )


def _tried_again(line: RunTerminal) -> bool:
    """Whether the line, which was given up, is tried again automatically."""
    return line.retry_at is not None and is_connected(line.terminal.agent, timezone.now())


def _problems(lines: list[RunTerminal]) -> dict[int, tuple[ProblemRow, ...]]:
    by_line: dict[int, tuple[ProblemRow, ...]] = {}
    where = {"terminal_id": OuterRef("line__terminal_id"), "kind": OuterRef("kind"), "key": OuterRef("key")}
    label = Subquery(Holding.objects.filter(**where).values("label")[:1])
    for problem in Problem.objects.filter(line__in=lines).annotate(label=label).order_by("pk")[:200]:
        name = problem.label or _("Number %(key)s") % {"key": problem.key}
        by_line[problem.line_id] = (
            *by_line.get(problem.line_id, ()),
            ProblemRow(name=name, message=describe_selection(problem.message)),
        )
    return by_line


def _share(done: int, planned: int) -> int:
    return done * 100 // planned if planned else 0
