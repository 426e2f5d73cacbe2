"""What must hold after each step of a schedule: the memory of the terminals and what the hub says, against the naive truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.hub.sync.models import HoldingState, RunTerminalState
from doorsync.hub.sync.run.runs import OPEN
from doorsync.messages.envelope import fingerprint
from tests.hub.sync.changes import Club
from tests.hub.sync.truth import Groups, Memory, Place, only_longer, takes_away
from tests.hub.sync.wire import Written

OPEN_BATCHES = """
SELECT b.hash, l.run_id, b.terminal_id FROM sync_batch b JOIN sync_runterminal l ON l.id = b.run_terminal_id
WHERE b.company_id = %s AND b.status = 'open'
"""
UNSURE = f"""
SELECT h.key FROM sync_holding h JOIN terminals_terminal t ON t.id = h.terminal_id
WHERE h.company_id = %s AND h.terminal_id = {{}} AND h.kind = {Kind.USER.value} AND length(h.held) = 0 AND t.unreadable <> ''
"""
HOLDINGS = "SELECT terminal_id, kind, key, state FROM sync_holding WHERE company_id = %s"
LEFT = "SELECT user_id FROM sync_pendingrefreshuser WHERE NOT refreshed"
REFRESHING = f"SELECT number FROM users_user WHERE company_id = %s AND id IN ({LEFT})"
HELD_AND_REFRESHING = f"SELECT key FROM sync_holding WHERE company_id = %s AND kind = {Kind.USER.value} AND user_id IN ({LEFT})"
HELD_BACK = "SELECT id FROM terminals_terminal WHERE company_id = %s AND restored_at IS NOT NULL"
RUN_TERMINALS = "SELECT run_id, terminal_id, state FROM sync_runterminal WHERE company_id = %s"


NOBODY: Groups = frozenset()
RIGHT = (HoldingState.SAME, HoldingState.REFUSED)


class Violation(AssertionError):
    """The hub said or did what it must not."""


class Watch:
    """Looks at one club. `limits` are the groups that each run was pressed for."""

    def __init__(self, club: Club) -> None:
        self.club, self.company = club, club.gym.company.pk
        self.names = {terminal.pk: terminal.public_id for terminal in club.gym.terminals}
        self.limits: dict[int, Groups] = defaultdict(
            lambda: NOBODY
        )  # a run that is not named here is one that nobody pressed for
        self.done = self.done_run_terminals()
        self._allowed: dict[str, frozenset[str]] = {}
        self._unsure: dict[str, frozenset[str]] = {}  # unknown at a terminal that could not be read, when the batch was issued
        self._runs: dict[str, int] = {}
        self._at: dict[str, str] = {}
        self._ever: dict[str, frozenset[str]] = dict.fromkeys(club.names, frozenset())
        self._states: dict[str, dict[Place, int]] = {name: {} for name in club.names}
        self._removed: dict[str, set[Place]] = {name: set() for name in club.names}

    def look(self) -> None:
        """Everything that can be seen between two steps. Raises Violation."""
        busy = {terminal for _, _, terminal in select(OPEN_BATCHES, self.company)}
        rows = select(HOLDINGS, self.company)
        for terminal, name in self.names.items():
            states = {(Kind(kind), key): state for at, kind, key, state in rows if at == terminal}
            left = self._refreshing()
            for lie in self.club.truth.lies(
                name, self._memory(name), timezone.now(), states, busy=terminal in busy, refreshing=left
            ):
                raise Violation(lie)
            self._look_for_risen(name, states)
        self._look_at_done_run_terminals()

    def must_be_right(self, name: str, groups: Groups, who: str, *, only_taking: bool = False) -> None:
        """Somebody says that this terminal is up to date for these groups, or that what takes away has been done there."""
        differences = self.club.truth.differences(name, self._memory(name), timezone.now(), groups, only_taking=only_taking)
        for difference in differences:
            raise Violation(f"false: {who}, but {difference}")

    def wrong(self) -> Iterator[str]:
        """What is not in sync."""
        for name, states in self._states.items():
            yield from self.club.truth.differences(name, self._memory(name), timezone.now())
            yield from (f"{place} in {name} is {state}" for place, state in states.items() if state not in RIGHT)

    def note_batches(self) -> None:
        """Whom each open batch may add or change: its run decides, and the groups as they are when it is issued."""
        for mark, run, terminal in select(OPEN_BATCHES, self.company):
            self._runs[mark], self._at[mark] = run, self.names[terminal]
            self._allowed.setdefault(mark, self.club.truth.members(self.limits[run]))
            if mark not in self._unsure:
                self._unsure[mark] = frozenset(key for (key,) in select(UNSURE.format(terminal), self.company))

    def written(self, sealed: str, people: Written) -> None:
        """A terminal wrote these people because of this batch: before and after. What takes away is in every scope.

        So is, in a run that nobody pressed for, what only lets somebody go on for longer, or in at their start; and what a batch
        of a wider scope may have begun. At a terminal that could not be read, nobody knows what a change of an unknown record
        takes away.
        """
        mark = fingerprint(sealed)
        people = {self.club.hub_key(fields[1]): fields for fields in people.values()} if self.club.places else people
        for key in people.keys() - self._allowed[mark] - self._ever[self._at[mark]]:
            before, after = people[key]
            person = self.club.truth.people.get(key)
            due = self.limits[self._runs[mark]] == NOBODY and bool(person and person.starts)
            right = (
                due
                if before is None
                else takes_away(before, after) or due or only_longer(before, after) or key in self._unsure[mark]
            )
            if not right:
                raise Violation(f"out of scope: {key} was {before} and is {after}")
        self._ever[self._at[mark]] |= self._allowed[mark]

    def done_run_terminals(self) -> set[tuple[int, int]]:
        """Run and terminal of what is said to be done."""
        return {(run, terminal) for run, terminal, state in select(RUN_TERMINALS, self.company) if state == RunTerminalState.DONE}

    def open_run_terminals(self) -> set[str]:
        """The terminals at which a run waits."""
        return {self.names[terminal] for _, terminal, state in select(RUN_TERMINALS, self.company) if state in OPEN}

    def _look_for_risen(self, name: str, states: dict[Place, int]) -> None:
        """Removals that were confirmed, of people whom nobody has wanted again since."""
        self._removed[name] |= {place for place in self._states[name] if place not in states}
        self._removed[name] -= set(self.club.truth.wanted(name, timezone.now()))
        self._states[name] = states
        if risen := self._removed[name] & set(self._memory(name)):
            raise Violation(f"resurrected: {sorted(risen)} in {name}")

    def _look_at_done_run_terminals(self) -> None:
        done, held_back = self.done_run_terminals(), {pk for (pk,) in select(HELD_BACK, self.company)}
        for run, terminal in done - self.done:
            taking = (
                self.limits[run] == NOBODY and terminal in held_back
            )  # after a restore a run that nobody pressed for gives nothing
            self.must_be_right(self.names[terminal], self.limits[run], "a run terminal says done", only_taking=taking)
        self.done = done

    def _refreshing(self) -> set[Place]:
        numbers = {str(number) for (number,) in select(REFRESHING, self.company)}
        return {(Kind.USER, key) for key in numbers | {key for (key,) in select(HELD_AND_REFRESHING, self.company)}}

    def _memory(self, name: str) -> Memory:
        return self.club.memory(name)


def select(statement: str, company: int) -> list[tuple[Any, ...]]:
    """Rows of a company as they lie in the database: quick, and without the product's own ways to them."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [company])
        return list(cursor.fetchall())
