"""What a receipt means for its line of a run: counts, problems, the last message, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorsync.domain.record import Kind
from doorsync.hub.sync.batches import settle_if_nothing_left
from doorsync.hub.sync.models import Line, LineState, Problem, State
from doorsync.hub.sync.runs import PATIENCE, close_if_done
from doorsync.messages.shapes import Outcome, Receipt

FIRST_PAUSE = timedelta(seconds=1)


@dataclass(slots=True)
class Confirmed:
    """What a receipt confirmed, counted by what was planned, and what it did not."""

    whole: bool = False
    new: int = 0
    changed: int = 0
    removed: int = 0
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    def note(self, kind: int, key: str, state: int, outcome: Outcome, *, right: bool) -> None:
        """One order's end. `right`: what was read back is what was sent."""
        if right:
            self._count(kind, state)
        elif outcome.result != "unknown":
            self.problems.append((kind, key, _reason(state, outcome)))

    def _count(self, kind: int, state: int) -> None:
        if kind != Kind.USER:
            return
        if state == State.NEW:
            self.new += 1
        elif state == State.CHANGED:
            self.changed += 1
        else:
            self.removed += 1


def _reason(state: int, outcome: Outcome) -> str:
    if outcome.result == "refused":
        return (outcome.message or "The terminal refused.")[:300]
    if state == State.REMOVE:
        return "The terminal said that it removed this, but still holds it."
    if outcome.found is None:
        return "The terminal accepted this, but it is not there when read back."
    return "The terminal holds something else than it accepted."


def note_progress(line: Line, receipt: Receipt, confirmed: Confirmed, now: datetime) -> None:
    """Bring the line up to date; it closes by itself when nothing is left, or after a minute without its terminal."""
    line = Line.objects.select_for_update().select_related("run").get(pk=line.pk)
    line.done_new += confirmed.new
    line.done_changed += confirmed.changed
    line.done_removed += confirmed.removed
    Problem.objects.bulk_create(
        [
            Problem(company_id=line.company_id, line=line, kind=kind, key=key, message=text)
            for kind, key, text in confirmed.problems
        ],
        ignore_conflicts=True,
    )
    if confirmed.problems:
        line.message = confirmed.problems[-1][2]
    if confirmed.whole:
        line.phase = "orders"
    if receipt.state in ("done", "interrupted"):
        _reached(line, receipt)
    else:
        _lost(line, receipt, now)
    line.save()
    if line.state == LineState.SYNCING and line.retry_at is None:
        settle_if_nothing_left(line)
    close_if_done(line.run)


def _reached(line: Line, receipt: Receipt) -> None:
    line.failing_since = line.retry_at = None
    if receipt.outcomes[0].result != "done" and line.phase != "orders":
        line.state, line.message = LineState.PARTLY, receipt.message or "The terminal could not be read whole."


def _lost(line: Line, receipt: Receipt, now: datetime) -> None:
    """Try again after 1, 2, 4, 8 ... seconds; after a minute the line gives up, and its holdings stay pending."""
    line.message = (receipt.message or "The terminal did not answer.")[:300]
    if receipt.state == "partly":  # it was there a moment ago
        line.failing_since = None
    line.failing_since = line.failing_since or now
    if now - line.failing_since >= PATIENCE:
        line.state, line.retry_at = LineState.NOT_REACHED, None
    else:
        line.retry_at = now + max(FIRST_PAUSE, min(now - line.failing_since, timedelta(seconds=8)))
