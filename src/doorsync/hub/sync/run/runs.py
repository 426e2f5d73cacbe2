"""Runs: starting one, joining an open one, retrying failed run terminals, and closing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from doorsync.domain.reason import NO_REASON
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.errors import NeedsConfirmation, NoTerminals, NothingFailed, RetryElsewhere, UnknownRun
from doorsync.hub.sync.models import Batch, Mode, Problem, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import Plan, TerminalPlan, build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.agent_notifications import notify_agents
from doorsync.hub.sync.run.restores import release

OPEN = (RunTerminalState.WAITING, RunTerminalState.SYNCING)
GIVEN_UP = (RunTerminalState.NOT_REACHED, RunTerminalState.PARTLY)
FAILED = (RunTerminalState.PARTLY, RunTerminalState.REFUSED, RunTerminalState.NOT_REACHED)
PATIENCE = timedelta(seconds=60)  # how long a run terminal tries to reach its terminal
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)  # between two tries at an unreachable terminal


def start_run(*, company: Company, choice: Selection, confirmed: int | None, actor: Actor) -> Run:
    """Start a run for this selection, or join the open one. Raises NeedsConfirmation and NoTerminals."""
    try:
        with transaction.atomic():
            return _open(company, choice, confirmed, actor)
    except IntegrityError:  # somebody pressed in the same moment
        return Run.objects.get(open_key=choice.key())


def find_run(public_id: str) -> Run:
    """The run of the company in scope. Raises UnknownRun."""
    run = Run.objects.filter(public_id=public_id).select_related("administrator").first()
    if run is None:
        raise UnknownRun
    return run


@transaction.atomic
def retry_run(*, run: Run, actor: Actor) -> Run:
    """Reopen the failed run terminals. They send what is pending now. Raises NothingFailed and RetryElsewhere."""
    _reopened(run, FAILED, failing_since=None, refused_since=None)
    trail.record("run.retried", actor=actor, run=run.pk)
    return Run.objects.get(pk=run.pk)


@transaction.atomic
def reopen(run_terminal: RunTerminal) -> None:
    """Reopen one ended run terminal. It keeps the time since which it has been failing, so one more failure ends it."""
    _reopened(run_terminal.run, GIVEN_UP, terminal=run_terminal.terminal_id)


def _reopened(run: Run, states: Sequence[RunTerminalState], *, terminal: int | None = None, **changed: None) -> None:
    lock_company(run.company)
    run = Run.objects.select_for_update().get(pk=run.pk)
    run_terminals = run.run_terminals.filter(state__in=states, **({"terminal": terminal} if terminal else {}))
    opened = list(run_terminals.values_list("pk", flat=True))
    if not opened:
        raise NothingFailed
    if run.open_key is None:
        reopen_key = selection_of(run).key()
        if Run.objects.filter(open_key=reopen_key).exists():
            raise RetryElsewhere
        run.open_key, run.closed_at = reopen_key, None
        run.save(update_fields=["open_key", "closed_at"])
    fresh = {
        "state": RunTerminalState.WAITING,
        "heard": False,
        "reads": 0,
        "message": NO_REASON,
        "retry_at": None,
        "changed_at": timezone.now(),
        **changed,
    }
    RunTerminal.objects.filter(pk__in=opened).update(**fresh)
    Problem.objects.filter(run_terminal__in=opened).delete()
    notify_agents(set(run.run_terminals.filter(state__in=OPEN).values_list("terminal__agent__public_id", flat=True)))


def unreachable(**where: object) -> QuerySet[RunTerminal]:
    """Ended run terminals that are tried again automatically: their terminal was not reached, or refused or ignored something."""
    return RunTerminal.objects.filter(**{"state__in": GIVEN_UP, "retry_at__isnull": False, **where})


def close_if_done(run: Run) -> None:
    """Close the run when no run terminal is open any more."""
    if run.closed_at is None and not _open_of_run.exists(run=run.pk):
        _unclosed.update(pk=run.pk, changes={"closed_at": timezone.now(), "open_key": None})


@compiled
def _open_of_run(*, run: Any) -> QuerySet[RunTerminal]:
    return RunTerminal.objects.filter(run=run, state__in=OPEN)


@compiled
def _unclosed(*, pk: Any) -> QuerySet[Run]:
    return Run.objects.filter(pk=pk, closed_at=None)


def give_up_overdue(run: Run) -> None:
    """Close the run terminals that have failed to reach their terminal for a minute. Their holdings stay pending."""
    now = timezone.now()
    if not _overdue.exists(run=run.pk, before=now - PATIENCE):
        return
    overdue = run.run_terminals.filter(state=RunTerminalState.SYNCING, failing_since__lt=now - PATIENCE)
    busy = Batch.objects.filter(status=Batch.OPEN, run_terminal__in=overdue).values("run_terminal_id")
    not_reached = {"state": RunTerminalState.NOT_REACHED, "retry_at": now + pause_after(PATIENCE), "changed_at": now}
    if overdue.exclude(pk__in=busy).update(**not_reached):
        close_if_done(run)


@compiled
def _overdue(*, run: Any, before: Any) -> QuerySet[RunTerminal]:
    return RunTerminal.objects.filter(run=run, state=RunTerminalState.SYNCING, failing_since__lt=before)


def pause_after(lost: timedelta) -> timedelta:
    """How long to wait before trying again: as long as the terminal has been failing, plus jitter, within limits."""
    wait = lost.total_seconds() * (1 + secrets.randbelow(250) / 1000)
    return min(max(timedelta(seconds=wait), FIRST_PAUSE), LONGEST_PAUSE)


def try_refused_later(run_terminal: RunTerminal, *, refused: bool) -> None:
    """Set, unsaved, when what a terminal refused or ignored is tried again: after ever longer pauses."""
    now = timezone.now()
    run_terminal.refused_since = (
        min(run_terminal.refused_since or now, now) if refused else None
    )  # later than now: the clock was put back
    run_terminal.retry_at = now + pause_after(now - run_terminal.refused_since) if run_terminal.refused_since else None


def open_run(company: Company, choice: Selection, planned: Plan, actor: Actor) -> Run:
    """Create a run for this plan and wake its agents. In the caller's transaction."""
    run = Run.objects.create(
        company=company,
        public_id=secrets.token_urlsafe(16),
        administrator_id=actor.administrator_id,
        via=actor.via,
        reference=actor.reference,
        mode=choice.mode,
        groups=sorted(choice.scope.groups),
        user_id=choice.scope.user,
        chosen=[sorted(choice.locations), sorted(choice.terminals), sorted(choice.groups)],
        open_key=choice.key(),
        opened_at=timezone.now(),
    )
    RunTerminal.objects.bulk_create(_terminal_plan(run, each, planned) for each in planned.terminal_plans)
    notify_agents({each.terminal.agent.public_id for each in planned.terminal_plans})
    close_if_done(run)
    return run


def join_run(running: Run, planned: Plan, confirmed: int | None, actor: Actor) -> Run:
    """Join an open run. Its ended run terminals for which something new is pending are reopened. Raises NeedsConfirmation."""
    ended = {run_terminal.terminal_id: run_terminal for run_terminal in running.run_terminals.exclude(state__in=OPEN)}
    again = replace(
        planned,
        terminal_plans=tuple(each for each in planned.terminal_plans if _goes_on(ended.get(each.terminal.pk), each, planned)),
    )
    if not (confirmed and confirmed == planned.to_confirm):  # the whole plan's number covers the part that is reopened
        _confirm(again, confirmed)
    for each in again.terminal_plans:
        _add(ended[each.terminal.pk], each, again)
    notify_agents({each.terminal.agent.public_id for each in again.terminal_plans})
    trail.record("run.joined", actor=actor, run=running.pk, again=len(again.terminal_plans))
    return running


def _goes_on(ended: RunTerminal | None, each: TerminalPlan, planned: Plan) -> bool:
    """Whether an ended run terminal is reopened: something is pending, or it was stopped and may end differently now.

    Verify always reads the terminal again. Erase is not repeated, because somebody may press the button twice.
    """
    again = each.pending > 0 or planned.choice.mode == Mode.VERIFY
    return ended is not None and (again or ended.state == RunTerminalState.REFUSED)


def _open(company: Company, choice: Selection, confirmed: int | None, actor: Actor) -> Run:
    lock_company(company)
    planned = build_plan(company, choice)
    if not planned.terminal_plans:
        raise NoTerminals
    running = Run.objects.filter(open_key=choice.key()).first()
    if running:
        run = join_run(running, planned, confirmed, actor)
        release(run, planned)
        return run
    _confirm(planned, confirmed)
    run = open_run(company, choice, planned, actor)
    release(run, planned)
    trail.record("run.opened", actor=actor, run=run.pk, mode=run.mode, removals=planned.removed, confirmed=confirmed)
    return run


def _confirm(planned: Plan, confirmed: int | None) -> None:
    if planned.to_confirm and confirmed != planned.to_confirm:
        raise NeedsConfirmation(planned.to_confirm)


def _add(run_terminal: RunTerminal, each: TerminalPlan, planned: Plan) -> None:
    """Reopen an ended run terminal for this plan. What it did before stays counted."""
    run_terminal.state, run_terminal.message, run_terminal.failing_since, run_terminal.retry_at = (
        RunTerminalState.WAITING,
        NO_REASON,
        None,
        None,
    )
    run_terminal.refused_since = None
    run_terminal.heard, run_terminal.reads = False, 0
    run_terminal.phase = "read" if planned.choice.mode == Mode.VERIFY else run_terminal.phase
    run_terminal.planned_new, run_terminal.planned_changed = (
        run_terminal.done_new + each.new,
        run_terminal.done_changed + each.changed,
    )
    run_terminal.planned_removed = run_terminal.done_removed + each.removed
    run_terminal.typed, run_terminal.ceiling = bool(planned.to_confirm), each.removed + each.narrowed
    run_terminal.ceiling += run_terminal.done_removed + run_terminal.done_narrowed
    run_terminal.save()
    run_terminal.problems.all().delete()


def _terminal_plan(run: Run, each: TerminalPlan, planned: Plan) -> RunTerminal:
    return RunTerminal(
        company_id=run.company_id,
        run=run,
        terminal=each.terminal,
        planned_new=each.new,
        planned_changed=each.changed,
        planned_removed=each.removed,
        typed=bool(planned.to_confirm),
        ceiling=each.removed + each.narrowed,
        phase={Mode.VERIFY: "read", Mode.ERASE: "erase"}.get(Mode(run.mode), "orders"),
    )


def selection_of(run: Run) -> Selection:
    """The selection that the run was opened for."""
    locations, terminals, groups = (frozenset(ids) for ids in run.chosen)
    return Selection(locations=locations, terminals=terminals, groups=groups, user=run.user_id, mode=Mode(run.mode))
