"""What a receipt makes of holdings: collected while it is read, and written in one statement, because batches have hundreds."""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from doorsync.domain.allowance import Narrowing
from doorsync.hub.companies.statements import marks, stored_moment
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.sync.holdings.wanted_refresh import chunks
from doorsync.hub.sync.models import Holding

ROWS = 1000  # in one statement: 11 values each stay below the databases' limits

# The rows are there, and locked: this is one UPDATE of all of them, in a form that both databases have.
UPSERT = """
INSERT INTO sync_holding (company_id, kind, key, terminal_id,
    held, held_since, allowance, narrows, before, lost, place) VALUES {rows}
ON CONFLICT (company_id, kind, key, terminal_id) DO UPDATE
SET held = excluded.held, held_since = excluded.held_since, allowance = excluded.allowance, narrows = excluded.narrows,
    before = excluded.before, lost = excluded.lost, place = excluded.place
"""


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
        rows = [self._stored(row) for row in self._moved.values()]
        for some in chunks(rows, ROWS):
            values = ", ".join([f"({marks(some[0])})"] * len(some))
            with connection.cursor() as cursor:
                cursor.execute(UPSERT.format(rows=values), [value for row in some for value in row])

    def unlike_wanted(self) -> set[str]:
        """The keys of what is held otherwise than it should be, after these moves."""
        return {row.key for row in self._moved.values() if row.held is not None and row.wanted not in (None, row.held)}

    def _stored(self, row: Holding) -> tuple[Any, ...]:
        since = row.held_since and stored_moment(row.held_since)
        place = (company_in_scope(), row.kind, row.key, self._terminal_id)
        return (*place, row.held, since, row.allowance, row.narrows, row.before, row.lost, row.place)
