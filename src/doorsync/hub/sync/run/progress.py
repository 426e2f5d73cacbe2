"""Update the lines of runs by a receipt: counts, problems, the last message, and when to try again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorsync.domain.allowance import Narrowing
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.drivers.contract import SECRET_REFUSED
from doorsync.hub.sync.holdings.pending import PUT, in_scope
from doorsync.hub.sync.models import Holding, HoldingState, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.reason_codes import LineCode, agent_says, terminal_says
from doorsync.hub.sync.run.batches import end_or_take_away, settle_if_nothing_left
from doorsync.hub.sync.run.runs import OPEN, PATIENCE, close_if_done, pause_after, try_refused_later, unreachable
from doorsync.messages.schemas import Outcome, Receipt

REACHED = ("done", "interrupted", "other-device")  # states of receipts: somebody answered
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
    scopes: dict[int, set[str]] = field(default_factory=dict)  # keys of people whom each open line was to send; see `scopes_of`
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


def scopes_of(terminal_id: int, keys: Collection[str]) -> dict[int, set[str]]:
    """Which of these people are in the scope of each open line of a terminal. Ask before a receipt moves them."""
    lines = RunTerminal.objects.filter(terminal=terminal_id, state__in=OPEN).select_related("run")
    here = Holding.objects.filter(terminal_id=terminal_id, kind=Kind.USER, key__in=keys)
    return {line.pk: set(here.filter(in_scope(line.scope)).values_list("key", flat=True)) for line in lines}


def _reason(state: int, outcome: Outcome) -> Reason:
    if outcome.result == "refused":
        return terminal_says(outcome.message) or LineCode.REFUSED()
    if state == HoldingState.REMOVE:
        return LineCode.STILL_HELD()
    if outcome.found is None:
        return LineCode.NOT_THERE()
    return LineCode.HOLDS_ANOTHER()


def note_progress(line: RunTerminal, receipt: Receipt, confirmed: Confirmed, now: datetime) -> None:
    """Update the receipt's line, and the other open lines of its terminal; end those that are done or failed for a minute."""
    for sharing in (
        RunTerminal.objects.select_for_update().filter(terminal=line.terminal_id, state__in=OPEN).select_related("run")
    ):
        _credit(sharing, confirmed, sent_it=sharing.pk == line.pk)
    line = RunTerminal.objects.select_related("run").get(pk=line.pk)
    Problem.objects.bulk_create(
        [
            Problem(company_id=line.company_id, line=line, kind=kind, key=key, message=why)
            for kind, key, why in confirmed.problems
        ],
        ignore_conflicts=True,
    )
    line.done_narrowed += confirmed.narrowed
    if confirmed.lost and not line.typed:
        line.lost_freely, line.lost_freely_at = line.lost_freely + confirmed.lost, now
    if confirmed.problems:
        line.message = confirmed.problems[-1][2]
    if confirmed.whole:
        line.phase, line.reads = "orders", line.reads + 1
        line.problems.all().delete()  # what the terminal refused before, it may take now
    if confirmed.another:
        _meet_another(line, now)
    elif receipt.state in REACHED:
        _reached(line, receipt, confirmed)
    else:
        _lost(line, receipt, now)
    line.save()
    _tell_others(line, receipt, confirmed, now)
    if line.state == RunTerminalState.SYNCING and line.retry_at is None:
        settle_if_nothing_left(line)
    close_if_done(line.run)


def _tell_others(line: RunTerminal, receipt: Receipt, confirmed: Confirmed, now: datetime) -> None:
    """Apply to all open lines of the terminal whether it was reached, so that each does not wait its own minute.

    Lines that ended as not reached are tried next; those that were refused something keep their pauses.
    """
    if receipt.state in REACHED and not confirmed.another:
        unreachable(terminal=line.terminal_id, state=RunTerminalState.NOT_REACHED).update(retry_at=now)
    for other in RunTerminal.objects.filter(terminal=line.terminal_id, state__in=OPEN).exclude(pk=line.pk).select_related("run"):
        if confirmed.another:
            _meet_another(other, now)
        elif receipt.state not in REACHED:
            _lost(other, receipt, now)
        elif other.failing_since:
            other.message, other.failing_since, other.retry_at = NO_REASON, None, None
        other.save(update_fields=["state", "message", "failing_since", "retry_at", "changed_at"])
        close_if_done(other.run)


def _credit(line: RunTerminal, confirmed: Confirmed, *, sent_it: bool) -> None:
    """Count what was confirmed for an open line, if it was in the line's scope, whichever run sent it."""
    scope = confirmed.scopes.get(line.pk, set())
    put = {state: sum(sent_it or key in scope for key in confirmed.people.get(state, [])) for state in PUT}
    line.done_new += put[HoldingState.NEW]
    line.done_changed += put[HoldingState.CHANGED]
    line.done_removed += len(confirmed.people.get(HoldingState.REMOVE, []))
    line.save(update_fields=["done_new", "done_changed", "done_removed"])


def _reached(line: RunTerminal, receipt: Receipt, confirmed: Confirmed) -> None:
    line.failing_since = line.retry_at = None
    line.heard = line.heard or receipt.state != "interrupted"  # an interruption is reported without asking the terminal
    if confirmed.failed_whole and line.phase == "read":
        end_or_take_away(line, agent_says(receipt.message))
    elif confirmed.failed_whole:
        line.state, line.message = RunTerminalState.PARTLY, agent_says(receipt.message) or LineCode.NOT_ERASED()
        try_refused_later(line, refused=False)  # a failing erase is not repeated: it locks people out each time


def _meet_another(line: RunTerminal, now: datetime) -> None:
    """End the line, because another device answers. It is tried again later, in case the right device is back."""
    line.state, line.message = RunTerminalState.NOT_REACHED, LineCode.OTHER_DEVICE()
    line.failing_since = line.failing_since or now
    line.retry_at = now + pause_after(max(now - line.failing_since, PATIENCE))


def is_due(line: RunTerminal, now: datetime) -> bool:
    """Whether its terminal may be tried now. A clock that was set back does not prolong the longest pause."""
    return line.retry_at is None or not now < line.retry_at <= now + 2 * OFTEN


def _lost(line: RunTerminal, receipt: Receipt, now: datetime) -> None:
    """Set when to try again, after 1, 2, 4, 8 ... seconds. After a minute the line ends, and its holdings stay pending."""
    if receipt.code == SECRET_REFUSED:  # it answers, and trying often may lock it
        line.state, line.message = RunTerminalState.NOT_REACHED, LineCode.SECRET_REFUSED()
        line.failing_since = line.failing_since or now
        line.retry_at = now + pause_after(max(now - line.failing_since, PATIENCE))
        return
    line.message = agent_says(receipt.message) or LineCode.NO_ANSWER()
    if any(outcome.result == "done" for outcome in receipt.outcomes):  # it was reached a moment ago
        line.failing_since = None
    line.failing_since = min(line.failing_since or now, now)  # later than now: the clock was put back meanwhile
    lost = now - line.failing_since
    line.retry_at = now + pause_after(lost if lost >= PATIENCE else min(lost, OFTEN))
    if lost >= PATIENCE:
        line.state = RunTerminalState.NOT_REACHED
