"""What a receipt makes of holdings: collected while it is read, and written in one statement, because batches have hundreds."""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import datetime

from doorsync.domain.allowance import Narrowing
from doorsync.hub.sync.models import Holding

FIELDS = ("held", "held_since", "allowance", "narrows", "before", "lost", "place")


class HeldMoves:
    """The moves of one terminal's holdings. Its rows are locked; they stay as they were read."""

    def __init__(self, terminal_id: int, now: datetime) -> None:
        self._terminal_id, self._now = terminal_id, now
        self._moved: dict[tuple[int, str], Holding] = {}
        self._gone: dict[int, set[str]] = defaultdict(set)

    def add(self, row: Holding, held: bytes | None, allowance: str, *, before: bytes | None = None, moves: bool = False) -> None:
        """The terminal holds this now; None: nothing. A row that is neither wanted nor held nor refused is deleted.

        `moves`: it is gone so that it can come under another key, and is sent there without a press.
        """
        if held is None and row.wanted is None and not row.refusal:
            self._gone[row.kind].add(row.key)
            self._moved.pop((row.kind, row.key), None)
            return
        moved = copy.copy(row)
        moved.held, moved.before, moved.allowance, moved.narrows = held, before, allowance, Narrowing.NONE
        moved.held_since = None if not held else self._now if not row.held or row.held_since is None else row.held_since
        moved.lost = (row.lost or moves) and held is None
        moved.place = None if held is None else row.place
        self._moved[row.kind, row.key] = moved
        self._gone[row.kind].discard(row.key)

    def write(self) -> None:
        """Once, when all are known."""
        for kind, keys in self._gone.items():
            Holding.objects.filter(terminal_id=self._terminal_id, kind=kind, key__in=keys).delete()
        Holding.objects.bulk_create(
            self._moved.values(),
            update_conflicts=True,
            unique_fields=["company", "kind", "key", "terminal_id"],
            update_fields=FIELDS,
        )
