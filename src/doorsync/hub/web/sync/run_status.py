"""The status of a run as its page shows it: each terminal, the progress of the whole, and a sentence at the end."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings.strangers import held_up_people
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Holding, Mode, Problem, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.refresh_notices import refresh_notices
from doorsync.hub.sync.run.runs import OPEN, find_run
from doorsync.hub.terminals.connectivity import is_connected
from doorsync.hub.terminals.models import Agent
from doorsync.hub.web.sync import run_sentences
from doorsync.hub.web.sync.run_terminals import ProblemRow, RunTerminalView

MOST_ROWS = 200  # people and schedules that are named on the page of a run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """The whole run."""

    run: Run
    run_terminals: tuple[RunTerminalView, ...]
    notices: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether any run terminal is still open."""
        return any(run_terminal.open for run_terminal in self.run_terminals)

    @property
    def state(self) -> str:
        """`running`; `done`: nothing at all waits in these terminals; `limited`: it did what it set out to do; `incomplete`."""
        if self.open:
            return "running"
        if self.right == len(self.run_terminals):
            return "done"
        return "limited" if all(run_terminal.done_all for run_terminal in self.run_terminals) else "incomplete"

    @property
    def percent(self) -> int:
        """How much of what it set out to do is confirmed."""
        planned = sum(run_terminal.planned for run_terminal in self.run_terminals)
        if self.state in ("done", "limited"):
            return 100
        return min(99, _share(sum(run_terminal.done for run_terminal in self.run_terminals), planned))

    @property
    def right(self) -> int:
        """How many terminals are up to date."""
        return sum(run_terminal.up_to_date for run_terminal in self.run_terminals)

    @property
    def waiting(self) -> int:
        """How many changes wait in its terminals, in its scope or not."""
        return sum(run_terminal.status.waiting for run_terminal in self.run_terminals)

    @property
    def refused(self) -> int:
        """How many people its terminals cannot hold; who is refused at two of them counts twice."""
        return sum(run_terminal.status.refused for run_terminal in self.run_terminals)

    @property
    def retryable(self) -> bool:
        """Whether a run terminal ended before it had done what it could."""
        return any(not run_terminal.open and not run_terminal.done_all for run_terminal in self.run_terminals)

    @property
    def sentence(self) -> str:
        """What came of it."""
        return run_sentences.run_sentence(self.run_terminals)


def run_status(public_id: str) -> RunStatus:
    """The run of the company in scope. Raises UnknownRun."""
    run = find_run(public_id)
    run_terminals = list(
        run.run_terminals.select_related("terminal__location", "terminal__agent").order_by(
            "terminal__location__name", "terminal__name"
        )
    )
    problems, status = _problems(run_terminals), terminal_statuses(run_terminal.terminal for run_terminal in run_terminals)
    waiting = _held_up([each for each, told in status.items() if told.held_up])
    views = (
        _run_terminal(
            run,
            run_terminal,
            status[run_terminal.terminal_id],
            (*problems.get(run_terminal.pk, ()), *waiting.get(run_terminal.terminal_id, ())),
        )
        for run_terminal in run_terminals
    )
    return RunStatus(run=run, run_terminals=tuple(views), notices=refresh_notices())


def agents_of(run: Run) -> list[Agent]:
    """The agents that the open run terminals of a run need."""
    return list(
        Agent.objects.filter(terminals__in=run.run_terminals.filter(state__in=OPEN).values("terminal"))
        .distinct()
        .order_by("name")
    )


def _run_terminal(
    run: Run, run_terminal: RunTerminal, status: TerminalStatus, problems: tuple[ProblemRow, ...]
) -> RunTerminalView:
    planned = run_terminal.planned_new + run_terminal.planned_changed + run_terminal.planned_removed * (run.mode != Mode.ERASE)
    done = run_terminal.done_new + run_terminal.done_changed + run_terminal.done_removed
    state = RunTerminalState(run_terminal.state)
    return RunTerminalView(
        status=status,
        state=state,
        planned=max(planned, done),
        done=done,
        new=run_terminal.done_new,
        changed=run_terminal.done_changed,
        removed=run_terminal.done_removed,
        message=describe_selection(run_terminal.message),
        problems=problems,
        percent=100 if state == RunTerminalState.DONE else min(99, _share(done, max(planned, done))),
        goes_on=state == RunTerminalState.NOT_REACHED and _tried_again(run_terminal),
        again_at=run_terminal.retry_at if state == RunTerminalState.PARTLY and _tried_again(run_terminal) else None,
    )


def _tried_again(run_terminal: RunTerminal) -> bool:
    """Whether the run terminal, which was given up, is tried again automatically."""
    return run_terminal.retry_at is not None and is_connected(run_terminal.terminal.agent, timezone.now())


def _problems(run_terminals: list[RunTerminal]) -> dict[int, tuple[ProblemRow, ...]]:
    by_run_terminal: dict[int, tuple[ProblemRow, ...]] = {}
    where = {"terminal_id": OuterRef("run_terminal__terminal_id"), "kind": OuterRef("kind"), "key": OuterRef("key")}
    label = Subquery(Holding.objects.filter(**where).values("label")[:1])
    for problem in Problem.objects.filter(run_terminal__in=run_terminals).annotate(label=label).order_by("pk")[:MOST_ROWS]:
        name = problem.label or _("Number %(key)s") % {"key": problem.key}
        by_run_terminal[problem.run_terminal_id] = (
            *by_run_terminal.get(problem.run_terminal_id, ()),
            ProblemRow(name=name, message=describe_selection(problem.message)),
        )
    return by_run_terminal


def _held_up(terminals: list[int]) -> dict[int, list[ProblemRow]]:
    """By terminal, whom it cannot be given because their number is taken there; the run did not meet them as problems."""
    rows: dict[int, list[ProblemRow]] = {}
    for terminal, name, why in held_up_people(terminals, MOST_ROWS) if terminals else ():
        rows.setdefault(terminal, []).append(ProblemRow(name=name, message=describe_selection(why)))
    return rows


def _share(done: int, planned: int) -> int:
    return done * 100 // planned if planned else 0
