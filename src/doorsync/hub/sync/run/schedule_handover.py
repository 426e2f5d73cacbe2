"""Send a person only once the time schedules that they need are confirmed, where a terminal keeps schedules in places.

A person's record names places there. Sent together with a schedule that then gets another place, because a stranger has this
one or the terminal refused it, it would open at the hours of whatever is at the place. For the same reason a schedule is
removed, which frees its place, only when nobody names it any more; unless it is the room that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.named_schedules import confirmed_schedules, is_named, numbers_schedules
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.run.credential_handover import Rendered
from doorsync.hub.terminals.models import Terminal


def wait_for_schedules(
    terminal: Terminal, rows: Sequence[Holding], rendered: Rendered, places: Places
) -> tuple[list[Holding], list[Holding]]:
    """The rows that can be sent now, and those that wait for another batch of this terminal."""
    if not numbers_schedules(terminal):
        return list(rows), []
    confirmed, has_room = confirmed_schedules(terminal), places.has_room(Kind.SCHEDULE)
    ready, waiting = list[Holding](), list[Holding]()
    for row in rows:
        if row.kind == Kind.SCHEDULE:
            waits = has_room and row.state == HoldingState.REMOVE and is_named(terminal, row.key)
        else:
            waits = row.state != HoldingState.REMOVE and not _named_by(row, rendered) <= confirmed
        (waiting if waits else ready).append(row)
    return ready, waiting


def _named_by(row: Holding, rendered: Rendered) -> set[str]:
    keys = rendered[row.kind, row.key].record.fields.get("schedules")
    return {str(key) for key in keys} if isinstance(keys, list) else set()
