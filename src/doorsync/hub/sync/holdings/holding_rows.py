"""Reads holdings as a refresh compares them: the columns that it writes, and those that decide about these."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from doorsync.domain.allowance import Narrowing
from doorsync.domain.record import Kind
from doorsync.hub.companies.statements import marks, rows_of
from doorsync.hub.companies.tenancy import company_in_scope


class Side(NamedTuple):
    """The columns of a holding that a refresh writes."""

    user_id: int | None
    wanted: bytes | None
    refusal: str  # as stored
    label: str
    foreseen: bool
    narrows: int
    timed: bool
    marks: bytes | None = None
    settled: bytes | None = None
    gives: bool = True

    @property
    def is_sent_unasked(self) -> bool:
        """Whether it may be sent without a press: it removes, takes a part of somebody's access away, or is due by time."""
        return self.wanted is None or self.narrows > Narrowing.NONE or self.timed


class HoldingRow(NamedTuple):
    """A holding: its place, what a refresh writes, and what the terminal holds."""

    key: str
    terminal_id: int
    side: Side
    held: bytes | None
    allowance: str

    @property
    def wanted(self) -> bytes | None:
        """The digest of what should be held."""
        return self.side.wanted

    @property
    def timed(self) -> bool:
        """Whether the pending change is due by time alone."""
        return self.side.timed


Place = tuple[str, int]  # key, terminal

SELECT = """
SELECT key, terminal_id, held, allowance, user_id, wanted, refusal, label, foreseen, narrows, timed, marks, settled, gives
FROM sync_holding WHERE company_id = %s AND kind = %s AND """
GONE = """(wanted IS NOT NULL OR refusal <> '')
AND (user_id IS NULL OR user_id NOT IN (SELECT id FROM users_user WHERE company_id = %s))"""


def schedule_rows(terminal_id: int | None = None) -> dict[Place, HoldingRow]:
    """The holdings of schedules, of this terminal or of all."""
    here = ("terminal_id = %s", [terminal_id]) if terminal_id is not None else ("terminal_id > 0", [])
    return _found([(Kind.SCHEDULE, *here)])


def rows_of_users_gone() -> dict[Place, HoldingRow]:
    """The holdings that still want somebody who was deleted, or say why a terminal cannot hold them."""
    return _found([(Kind.USER, GONE, [company_in_scope()])])


def rows_of_users(users: Collection[int], numbers: Collection[str], terminal_id: int | None = None) -> dict[Place, HoldingRow]:
    """The holdings under these numbers, and under every other key that a holding of these users has; there must be some user."""
    theirs = (Kind.USER, f"user_id IN ({marks(users)})", list(users))
    if terminal_id is not None:
        keys = {*numbers} | {key for key, _ in _found([theirs])}
        return {place: row for place, row in _under(keys).items() if row.terminal_id == terminal_id}
    found = _found([theirs, *_by_keys(numbers)])
    others = {key for key, _ in found} - set(numbers)  # of users who are gone; those who are there have one key, their number
    return {**found, **_under(others)}


def _under(keys: Collection[str]) -> dict[Place, HoldingRow]:
    return _found(_by_keys(keys))


def _by_keys(keys: Collection[str]) -> list[tuple[Kind, str, list[Any]]]:
    return [(Kind.USER, f"key IN ({marks(keys)})", list(keys))] if keys else []


def _found(conditions: list[tuple[Kind, str, list[Any]]]) -> dict[Place, HoldingRow]:
    """The holdings for which any condition is true. A union, because with OR SQLite would read all of the company."""
    if not conditions:
        return {}
    company = company_in_scope()
    statement = " UNION ALL ".join(SELECT + condition for _, condition, _ in conditions)
    rows = rows_of(statement, [value for kind, _, values in conditions for value in (company, kind, *values)])
    return {(row[0], row[1]): _row(*row) for row in rows}


def _row(key: str, terminal_id: int, held: bytes | None, allowance: str, *side: Any) -> HoldingRow:
    user_id, wanted, refusal, label, foreseen, narrows, timed, marked, settled, gives = side
    columns = Side(
        user_id,
        _bytes(wanted),
        refusal,
        label,
        bool(foreseen),
        narrows,
        bool(timed),
        _bytes(marked),
        _bytes(settled),
        bool(gives),
    )
    return HoldingRow(key, terminal_id, columns, _bytes(held), allowance)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
