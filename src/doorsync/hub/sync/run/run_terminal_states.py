"""Ends run terminals: with nothing left to send, stopped by the guard, or because their terminal could not be read.

Also chooses what is left to send, which decides whether a run terminal goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.plain_rows import update_columns
from doorsync.hub.sync.holdings.pending_holdings import NEW_PEOPLE, ORDER, Turn, pending_holdings
from doorsync.hub.sync.holdings.pending_refreshes import is_refreshing, sendable
from doorsync.hub.sync.holdings.tallies import Tally, tallies
from doorsync.hub.sync.models import Holding, HoldingState, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.guard_counts import is_stopped
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.batch_sizes import SIZE, batch_size
from doorsync.hub.sync.run.runs import close_if_done, try_refused_later, unreachable
from doorsync.hub.sync.run.unreadable_terminals import note_failed_read, only_removals, what_takes_away
from doorsync.hub.sync.scopes import NOBODY, ONLY_REMOVALS, Scope
from doorsync.hub.terminals.models import Terminal

READS = 3  # how often a run reads a whole terminal at most
WHOLE = {"read", "erase"}  # phases with one order for the whole terminal


def settle_if_nothing_left(run_terminal: RunTerminal) -> None:
    """Settle the run terminal with its last receipt, without waiting for a courier to ask for another batch."""
    known = (
        run_terminal.heard and run_terminal.terminal.pinned_at and not run_terminal.terminal.unread
    )  # else it is unknown who has to be removed
    if (
        known
        and run_terminal.phase not in WHOLE
        and not stop_over_ceiling(run_terminal)
        and not next_pending(run_terminal, run_terminal.terminal, size=1)
    ):
        settle_run_terminal(run_terminal)


def settle_run_terminal(run_terminal: RunTerminal) -> None:
    """End a run terminal with nothing left to send: done, or partly done where the terminal did not take what it could hold.

    While a change is being worked out it stays open, because nobody knows yet what else it has to send.
    """
    if is_refreshing(run_terminal.company_id):
        return
    unable = bool(_problems(run_terminal=run_terminal.pk)) and _has_pending_problems(run_terminal)
    held_back = run_terminal.only_removals and pending_holdings(run_terminal.terminal_id, run_terminal.run.scope).exists()
    run_terminal.state = RunTerminalState.PARTLY if unable or held_back else RunTerminalState.DONE
    run_terminal.message = RunTerminalCode.BEFORE_A_RESTORE() if held_back else run_terminal.message if unable else NO_REASON
    run_terminal.failing_since = None
    try_refused_later(run_terminal, refused=unable)
    run_terminal.changed_at = timezone.now()
    update_columns([run_terminal], ["state", "message", "failing_since", "refused_since", "retry_at", "changed_at"])
    _settle_given_up(run_terminal)
    close_if_done(run_terminal.run)


def _has_pending_problems(run_terminal: RunTerminal) -> bool:
    refused = Problem.objects.filter(run_terminal=run_terminal, kind=OuterRef("kind"), key=OuterRef("key"))
    return pending_holdings(run_terminal.terminal_id, run_terminal.scope).filter(Exists(refused)).exists()


@compiled
def _problems(*, run_terminal: Any) -> QuerySet[Problem, tuple[int, str]]:
    return Problem.objects.filter(run_terminal=run_terminal).values_list("kind", "key")


def end_or_take_away(run_terminal: RunTerminal, why: Reason) -> None:
    """Go on with removals and narrower records only, as the terminal could not be read; without any, end and save."""
    terminal = Terminal.objects.get(pk=run_terminal.terminal_id)
    run_terminal.reads, run_terminal.message = READS, why or terminal.unreadable
    if not next_pending(run_terminal, terminal, what_takes_away(run_terminal)):
        end_unread(run_terminal, terminal)


def end_unread(run_terminal: RunTerminal, terminal: Terminal) -> None:
    """End a run terminal whose terminal could not be read, or was inconsistent each time. It is tried again later."""
    if not terminal.unreadable:
        note_failed_read(terminal, terminal.unread)
    run_terminal.state, run_terminal.message, run_terminal.failing_since, run_terminal.phase = (
        RunTerminalState.PARTLY,
        only_removals(terminal),
        None,
        "read",
    )
    try_refused_later(run_terminal, refused=True)
    run_terminal.save()
    close_if_done(run_terminal.run)


def stop_over_ceiling(run_terminal: RunTerminal) -> bool:
    """Stop before the next batch when more people would lose access than was typed, or than the guard lets pass."""
    if not is_stopped(run_terminal):
        return False
    removals = Holding.objects.filter(terminal_id=run_terminal.terminal_id, kind=Kind.USER, state=HoldingState.REMOVE).count()
    run_terminal.state = RunTerminalState.REFUSED
    run_terminal.message = RunTerminalCode.STOPPED(removals=removals)
    if run_terminal.typed:
        run_terminal.message = RunTerminalCode.STOPPED_OVER_NUMBER(removals=removals, foreseen=run_terminal.ceiling)
    run_terminal.save(update_fields=["state", "message", "changed_at"])
    close_if_done(run_terminal.run)
    return True


def next_pending(run_terminal: RunTerminal, terminal: Terminal, only: Iterable[Q] | None = None, size: int = 0) -> list[Holding]:
    """The next pending holdings, in their order, without people beyond the capacity and without this run's problems.

    `only`: those of these conditions, in this order. At most `size` of them; 0: as many as fit into a batch.
    """
    counted = tallies([terminal.pk])[terminal.pk]
    turns = [turn for turn in ORDER if counted.count(turn.includes)] if only is None else list(only)
    if not turns:
        return []
    removes = only is not None or ORDER[0] in turns  # what an agent signs about each must fit into its receipt
    size = size or (SIZE if removes else batch_size(terminal, SIZE))
    left_out = set(_problems(run_terminal=run_terminal.pk))
    refreshing = is_refreshing(terminal.company_id)
    chosen: list[Holding] = []
    for turn in turns:
        if len(chosen) >= size:
            break
        most = _room(terminal, counted, refreshing=refreshing) if turn is NEW_PEOPLE else size
        rows = _pending(run_terminal.scope, terminal, turn, min(most, size) + len(left_out), refreshing=refreshing)
        found = [row for row in rows if (row.kind, row.key) not in left_out]
        chosen += found[: min(most, size - len(chosen))]
    return chosen[: run_terminal.most or size]


def _pending(scope: Scope, terminal: Terminal, turn: Turn | Q, most: int, *, refreshing: bool) -> list[Holding]:
    """The first pending holdings of this turn, as many as this at most."""
    if not isinstance(turn, Turn) or scope.groups - NOBODY - ONLY_REMOVALS:  # many shapes, each of them seldom
        where = turn.where if isinstance(turn, Turn) else turn
        return list(_pending_rows(scope, terminal.pk, where, refreshing=refreshing)[:most])
    shape = Scope(scope.groups, None if scope.user is None else 0)
    return _pending_of(shape, turn, refreshing, 1 << most.bit_length(), terminal=terminal.pk, user=scope.user)[:most]


@compiled
def _pending_of(shape: Scope, turn: Turn, refreshing: bool, most: int, *, terminal: Any, user: Any) -> QuerySet[Holding]:
    scope = shape if shape.user is None else Scope(user=user)
    return _pending_rows(scope, terminal, turn.where, refreshing=refreshing)[:most]


def _pending_rows(scope: Scope, terminal: Any, where: Q, *, refreshing: bool) -> QuerySet[Holding]:
    rows = pending_holdings(terminal, scope).filter(where).order_by("key")
    return rows.filter(sendable()) if refreshing else rows


def _room(terminal: Terminal, counted: Tally, *, refreshing: bool) -> int:
    """How many more people the terminal can take. Until a change has been worked out, who leaves by it keeps their place."""
    free = max(0, terminal.capabilities.capacity - counted.lasting_people)
    if not refreshing:
        return free
    leaving = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, state=HoldingState.REMOVE, held__isnull=False)
    return max(0, free - leaving.exclude(sendable()).count())


def _settle_given_up(run_terminal: RunTerminal) -> None:
    """Stop trying the ended run terminals of this terminal whose work this one did or goes on trying."""
    lost = _given_up_at(terminal=run_terminal.terminal_id, but=run_terminal.pk)
    if settled := [each.pk for each in lost if run_terminal.scope.covers(each.scope)]:
        RunTerminal.objects.filter(pk__in=settled).update(retry_at=None)


@compiled
def _given_up_at(*, terminal: Any, but: Any) -> QuerySet[RunTerminal]:
    return unreachable(terminal=terminal).exclude(pk=but).select_related("run")
