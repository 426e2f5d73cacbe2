"""What terminals hold and what waits for them, counted in one statement: every batch and every receipt asks for it.

What is the same was counted by the database as it moved (`counters`). What is pending is counted through its index.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from doorsync.domain.record import Kind
from doorsync.hub.companies.statements import marks, rows_of
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.sync.models import HoldingState


class Held(IntEnum):
    """What is known of `held`."""

    NOTHING = 0
    UNKNOWN = 1
    KNOWN = 2


class Pending(NamedTuple):
    """What pending holdings that are counted together have in common. New and refused ones are counted by kind and state."""

    kind: int
    state: int
    narrows: int
    foreseen: bool
    held: int


# `state > 0` names the index `holding_pending` to SQLite. A terminal that is filled has many new people, which it counts alone.
STATEMENT = """
SELECT 'same', terminal_id, kind, 0, 0, 0, 0, same FROM sync_holdingcount WHERE company_id = %s AND terminal_id IN ({here})
UNION ALL
SELECT 'pending', terminal_id, kind, state, 0, 0, 0, count(*) FROM sync_holding
WHERE company_id = %s AND terminal_id IN ({here}) AND state > 0 AND state IN (3, 4) GROUP BY 2, 3, 4
UNION ALL
SELECT 'pending', terminal_id, kind, state, narrows, CASE WHEN foreseen THEN 1 ELSE 0 END,
  CASE WHEN held IS NULL THEN 0 WHEN length(held) = 0 THEN 1 ELSE 2 END, count(*) FROM sync_holding
WHERE company_id = %s AND terminal_id IN ({here}) AND state > 0 AND state IN (1, 2) GROUP BY 2, 3, 4, 5, 6, 7
UNION ALL
SELECT 'stranger', terminal_id, kind, 0, 0, 0, 0, count(*) FROM sync_stranger
WHERE company_id = %s AND terminal_id IN ({here}) GROUP BY 2, 3
"""


@dataclass(slots=True)
class Tally:
    """The numbers of one terminal; `same` and `strangers` by kind."""

    same: Counter[int] = field(default_factory=Counter)
    pending: Counter[Pending] = field(default_factory=Counter)
    strangers: Counter[int] = field(default_factory=Counter)

    def count(self, which: Callable[[Pending], bool]) -> int:
        """How many pending holdings are of this sort."""
        return sum(number for each, number in self.pending.items() if which(each))

    def people(self, which: Callable[[Pending], bool]) -> int:
        """The same of people."""
        return self.count(lambda each: each.kind == Kind.USER and which(each))

    @property
    def confirmed_people(self) -> int:
        """How many people the terminal holds for certain, the same or not."""
        return self.same[Kind.USER] + self.people(lambda each: each.held == Held.KNOWN)

    @property
    def unknown_people(self) -> int:
        """How many more it may hold."""
        return self.people(lambda each: each.held == Held.UNKNOWN)

    @property
    def people_held(self) -> int:
        """How many people it holds, or may hold."""
        return self.confirmed_people + self.unknown_people

    @property
    def lasting_people(self) -> int:
        """How many places are taken once what is to be removed is gone, strangers among them."""
        changed = self.people(lambda each: each.state == HoldingState.CHANGED)
        return self.same[Kind.USER] + changed + self.strangers[Kind.USER]


def tallies(terminals: Collection[int]) -> dict[int, Tally]:
    """The numbers of these terminals, of each of them. In the company's scope."""
    found: dict[int, Tally] = defaultdict(Tally)
    if not terminals:
        return found
    statement = STATEMENT.format(here=marks(terminals))
    for what, terminal, kind, state, narrows, foreseen, held, number in rows_of(statement, [company_in_scope(), *terminals] * 4):
        tally = found[terminal]
        if what == "pending":
            tally.pending[Pending(kind, state, narrows, bool(foreseen), held)] += number
        else:
            (tally.same if what == "same" else tally.strangers)[kind] += number
    return found
