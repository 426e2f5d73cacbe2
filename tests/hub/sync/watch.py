"""What must hold after each step of a schedule: the memory of the terminals and what the hub says, against the naive truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import LineState, State
from doorsync.hub.sync.runs import OPEN
from doorsync.messages.envelope import fingerprint
from tests.hub.sync.changes import Club
from tests.hub.sync.truth import Groups, Memory, Place

OPEN_BATCHES = """
SELECT b.hash, l.run_id, b.terminal_id FROM sync_batch b JOIN sync_line l ON l.id = b.line_id
WHERE b.company_id = %s AND b.status = 'open'
"""
HOLDINGS = "SELECT terminal_id, kind, key, state FROM sync_holding WHERE company_id = %s"
LINES = "SELECT run_id, terminal_id, state FROM sync_line WHERE company_id = %s"


class Violation(AssertionError):
    """The hub said or did what it must not."""


class Watch:
    """Looks at one club. `limits` are the groups that each run was pressed for."""

    def __init__(self, club: Club) -> None:
        self.club, self.company = club, club.gym.company.pk
        self.names = {terminal.pk: terminal.public_id for terminal in club.gym.terminals}
        self.limits: dict[int, Groups] = {}
        self.done = self.done_lines()
        self._allowed: dict[str, frozenset[str]] = {}
        self._states: dict[str, dict[Place, int]] = {name: {} for name in club.names}
        self._removed: dict[str, set[Place]] = {name: set() for name in club.names}

    def look(self) -> None:
        """Everything that can be seen between two steps. Raises Violation."""
        busy = {terminal for _, _, terminal in select(OPEN_BATCHES, self.company)}
        rows = select(HOLDINGS, self.company)
        for terminal, name in self.names.items():
            states = {(Kind(kind), key): state for at, kind, key, state in rows if at == terminal}
            for lie in self.club.truth.lies(name, self._memory(name), timezone.now(), states, busy=terminal in busy):
                raise Violation(lie)
            self._look_for_risen(name, states)
        self._look_at_done_lines()

    def must_be_right(self, name: str, groups: Groups, who: str) -> None:
        """Somebody says that this terminal is up to date for these groups."""
        for difference in self.club.truth.differences(name, self._memory(name), timezone.now(), groups):
            raise Violation(f"false: {who}, but {difference}")

    def wrong(self) -> Iterator[str]:
        """What is not in sync."""
        for name, states in self._states.items():
            yield from self.club.truth.differences(name, self._memory(name), timezone.now())
            yield from (f"{place} in {name} is {state}" for place, state in states.items() if state != State.SAME)

    def note_batches(self) -> None:
        """Whom each open batch may add or change: its run decides, and the groups as they are when it is issued."""
        for mark, run, _ in select(OPEN_BATCHES, self.company):
            self._allowed.setdefault(mark, self.club.truth.members(self.limits[run]))

    def written(self, sealed: str, keys: set[str]) -> None:
        """A terminal wrote these people because of this batch."""
        if outside := keys - self._allowed[fingerprint(sealed)]:
            raise Violation(f"out of scope: {sorted(outside)} were added or changed")

    def done_lines(self) -> set[tuple[int, int]]:
        """Run and terminal of what is said to be done."""
        return {(run, terminal) for run, terminal, state in select(LINES, self.company) if state == LineState.DONE}

    def open_lines(self) -> set[str]:
        """The terminals at which a run waits."""
        return {self.names[terminal] for _, terminal, state in select(LINES, self.company) if state in OPEN}

    def _look_for_risen(self, name: str, states: dict[Place, int]) -> None:
        """Removals that were confirmed, of people whom nobody has wanted again since."""
        self._removed[name] |= {place for place in self._states[name] if place not in states}
        self._removed[name] -= set(self.club.truth.wanted(name, timezone.now()))
        self._states[name] = states
        if risen := self._removed[name] & set(self._memory(name)):
            raise Violation(f"resurrected: {sorted(risen)} in {name}")

    def _look_at_done_lines(self) -> None:
        done = self.done_lines()
        for run, terminal in done - self.done:
            self.must_be_right(self.names[terminal], self.limits[run], "a line says done")
        self.done = done

    def _memory(self, name: str) -> Memory:
        return self.club.there.devices[name].memory


def select(statement: str, company: int) -> list[tuple[Any, ...]]:
    """Rows of a company as they lie in the database: quick, and without the product's own ways to them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [company])
        return list(cursor.fetchall())
