"""Update run terminals by a receipt: counts, problems, the last message, and when to try again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from doorsync.domain.allowance import Narrowing
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.drivers.contract import SECRET_REFUSED
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.companies.plain_rows import store_columns
from doorsync.hub.sync.holdings.pending_holdings import PUT, in_scope
from doorsync.hub.sync.models import Holding, HoldingState, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run.locked_rows import locked_open_run_terminals, locked_run_terminal
from doorsync.hub.sync.run.run_terminal_states import end_or_take_away, settle_if_nothing_left
from doorsync.hub.sync.run.runs import OPEN, PATIENCE, close_if_done, pause_after, try_refused_later, unreachable
from doorsync.hub.sync.scopes import Scope
from doorsync.messages.schemas import Outcome, Receipt

REACHED = ("done", "interrupted", "other-device")  # states of receipts: somebody answered
DONE = ("done_new", "done_changed", "done_removed")
OFTEN = timedelta(seconds=8)  # at most so long between two tries while a run waits


@dataclass(slots=True)
class Confirmed:
    """What a receipt confirmed, and what it did not."""

    whole: bool = False
    failed_whole: bool = False  # it was to be read or erased, and was not
    another: bool = False  # another device answered, so nothing was confirmed
    lost: int = 0  # how many people lost access whom the guard counts
    narrowed: int = 0  # from how many a part of their access was taken
    people: dict[int, list[str]] = field(default_factory=dict)  # keys of people, by the state that the order put an end to
    scopes: dict[int, set[str]] = field(
        default_factory=dict
    )  # keys of people whom each open run terminal was to send; see `scopes_of`
    problems: list[tuple[int, str, Reason]] = field(default_factory=list)

    def note(self, kind: int, key: str, state: int, outcome: Outcome, *, right: bool) -> None:
        """Count the outcome of one order. `right`: what was read back is what was sent."""
        if right:
            if kind == Kind.USER:
                self.people.setdefault(state, []).append(key)
        elif outcome.result != "unknown":
            self.problems.append((kind, key, _reason(state, outcome)))

    def note_loss(self, row: Holding, *, removal: bool) -> None:
        """Count somebody who was removed or lost a part of their access; `row` is as it was before this order."""
        self.narrowed += not removal and row.narrows > Narrowing.NONE
        self.lost += not row.foreseen if removal else row.narrows == Narrowing.ALL


def scopes_of(terminal_id: int, people: Collection[str]) -> dict[int, set[str]]:
    """Which of these people are in the scope of each open run terminal here. Ask before a receipt moves them."""
    run_terminals = locked_open_run_terminals(terminal=terminal_id)
    return {run_terminal.pk: _people_in(run_terminal.scope, terminal_id, people) for run_terminal in run_terminals}


def _people_in(scope: Scope, terminal_id: int, people: Collection[str]) -> set[str]:
    if scope.everybody:
        return set(people)
    here = Holding.objects.filter(in_scope(scope), terminal_id=terminal_id, kind=Kind.USER, key__in=people)
    return set(here.values_list("key", flat=True))


def _reason(state: int, outcome: Outcome) -> Reason:
    if outcome.result == "refused":
        return outcome.why() or RunTerminalCode.REFUSED()
    if state == HoldingState.REMOVE:
        return RunTerminalCode.STILL_HELD()
    if outcome.found is None:
        return RunTerminalCode.NOT_THERE()
    return RunTerminalCode.HOLDS_ANOTHER()


def note_progress(run_terminal: RunTerminal, receipt: Receipt, confirmed: Confirmed, now: datetime) -> None:
    """Update all open run terminals of the receipt's terminal; end those that are done, or failed for a minute."""
    here = {row.pk: row for row in locked_open_run_terminals(terminal=run_terminal.terminal_id)}
    for sharing in here.values():
        _credit(sharing, confirmed, sent_it=sharing.pk == run_terminal.pk)
    run_terminal = here.pop(run_terminal.pk) if run_terminal.pk in here else locked_run_terminal.get(pk=run_terminal.pk)
    _note_outcomes(run_terminal, confirmed, now)
    if confirmed.another:
        _meet_another(run_terminal, now)
    elif receipt.state in REACHED:
        _reached(run_terminal, receipt, confirmed)
    else:
        _lost(run_terminal, receipt, now)
    run_terminal.changed_at = timezone.now()
    store_columns(run_terminal)
    if receipt.state in REACHED and not confirmed.another:  # lines that ended as not reached are tried next
        _not_reached.update(terminal=run_terminal.terminal_id, changes={"retry_at": now})
    _tell_others(here.values(), receipt, confirmed, now)
    if run_terminal.state == RunTerminalState.SYNCING and run_terminal.retry_at is None:
        settle_if_nothing_left(run_terminal)
    elif run_terminal.state not in OPEN:
        close_if_done(run_terminal.run)


@compiled
def _not_reached(*, terminal: Any) -> QuerySet[RunTerminal]:
    return unreachable(terminal=terminal, state=RunTerminalState.NOT_REACHED)


def _note_outcomes(run_terminal: RunTerminal, confirmed: Confirmed, now: datetime) -> None:
    """Note, unsaved, who lost access, and what became of the whole terminal; store whom it did not take."""
    Problem.objects.bulk_create(
        [
            Problem(company_id=run_terminal.company_id, run_terminal=run_terminal, kind=kind, key=key, message=why)
            for kind, key, why in confirmed.problems
        ],
        ignore_conflicts=True,
    )
    run_terminal.done_narrowed += confirmed.narrowed
    if confirmed.lost and not run_terminal.typed:
        run_terminal.lost_freely, run_terminal.lost_freely_at = run_terminal.lost_freely + confirmed.lost, now
    if confirmed.problems:
        run_terminal.message = confirmed.problems[-1][2]
    if confirmed.whole:
        run_terminal.phase, run_terminal.reads = "orders", run_terminal.reads + 1
        run_terminal.problems.all().delete()  # what the terminal refused before, it may take now


def _tell_others(others: Iterable[RunTerminal], receipt: Receipt, confirmed: Confirmed, now: datetime) -> None:
    """Apply to the other open run terminals of the terminal whether it was reached, so that each does not wait its own minute."""
    for other in others:
        if confirmed.another:
            _meet_another(other, now)
        elif receipt.state not in REACHED:
            _lost(other, receipt, now)
        elif other.failing_since:
            other.message, other.failing_since, other.retry_at = NO_REASON, None, None
        other.save(update_fields=["state", "message", "failing_since", "retry_at", "changed_at", *DONE])
        if other.state not in OPEN:
            close_if_done(other.run)


def _credit(run_terminal: RunTerminal, confirmed: Confirmed, *, sent_it: bool) -> None:
    """Count, unsaved, what was confirmed for an open run terminal, if it was in its scope, whichever run sent it."""
    scope = confirmed.scopes.get(run_terminal.pk, set())
    put = {state: sum(sent_it or key in scope for key in confirmed.people.get(state, [])) for state in PUT}
    run_terminal.done_new += put[HoldingState.NEW]
    run_terminal.done_changed += put[HoldingState.CHANGED]
    run_terminal.done_removed += len(confirmed.people.get(HoldingState.REMOVE, []))


def _reached(run_terminal: RunTerminal, receipt: Receipt, confirmed: Confirmed) -> None:
    run_terminal.failing_since = run_terminal.retry_at = None
    run_terminal.heard = (
        run_terminal.heard or receipt.state != "interrupted"
    )  # an interruption is reported without asking the terminal
    if confirmed.failed_whole and run_terminal.phase == "read":
        end_or_take_away(run_terminal, receipt.why())
    elif confirmed.failed_whole:
        run_terminal.state, run_terminal.message = (
            RunTerminalState.PARTLY,
            receipt.why() or RunTerminalCode.NOT_ERASED(),
        )
        try_refused_later(run_terminal, refused=False)  # a failing erase is not repeated: it locks people out each time


def _meet_another(run_terminal: RunTerminal, now: datetime) -> None:
    """End the run terminal, because another device answers. It is tried again later, in case the right device is back."""
    run_terminal.state, run_terminal.message = RunTerminalState.NOT_REACHED, RunTerminalCode.OTHER_DEVICE()
    run_terminal.failing_since = run_terminal.failing_since or now
    run_terminal.retry_at = now + pause_after(max(now - run_terminal.failing_since, PATIENCE))


def is_due(run_terminal: RunTerminal, now: datetime) -> bool:
    """Whether its terminal may be tried now. A clock that was set back does not prolong the longest pause."""
    return run_terminal.retry_at is None or not now < run_terminal.retry_at <= now + 2 * OFTEN


def _lost(run_terminal: RunTerminal, receipt: Receipt, now: datetime) -> None:
    """Set when to try again, after 1, 2, 4, 8 ... seconds. After a minute it ends, and its holdings stay pending."""
    if receipt.code == SECRET_REFUSED:  # it answers, and trying often may lock it
        run_terminal.state, run_terminal.message = RunTerminalState.NOT_REACHED, RunTerminalCode.SECRET_REFUSED()
        run_terminal.failing_since = run_terminal.failing_since or now
        run_terminal.retry_at = now + pause_after(max(now - run_terminal.failing_since, PATIENCE))
        return
    run_terminal.message = receipt.why() or RunTerminalCode.NO_ANSWER()
    if any(outcome.result == "done" for outcome in receipt.outcomes):  # it was reached a moment ago
        run_terminal.failing_since = None
    run_terminal.failing_since = min(run_terminal.failing_since or now, now)  # later than now: the clock was put back meanwhile
    lost = now - run_terminal.failing_since
    run_terminal.retry_at = now + pause_after(lost if lost >= PATIENCE else min(lost, OFTEN))
    if lost >= PATIENCE:
        run_terminal.state = RunTerminalState.NOT_REACHED
