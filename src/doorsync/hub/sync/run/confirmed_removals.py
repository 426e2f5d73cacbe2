"""Record who a receipt shows to be out of a terminal, with what the agent signed about each of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from doorsync.domain.capabilities import Readback
from doorsync.hub.revocations.actions import Removed, note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal


def note_removed_people(terminal: Terminal, rows: Iterable[Holding], now: datetime) -> None:
    """Record the people whose holdings these were. Rows as they were before the receipt, and in its transaction."""
    removed = [Removed(number=int(row.key), name=row.label, since=row.wanted_since) for row in rows]
    seen = terminal.capabilities.read_back is not Readback.NONE
    note_revocations(terminal, removed, Evidence.REMOVED if seen else Evidence.ACKNOWLEDGED, now)
