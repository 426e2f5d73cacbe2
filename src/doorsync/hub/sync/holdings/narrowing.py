"""What access a terminal may give under a key, as far as known, and whether what is wanted takes some of it away."""

from __future__ import annotations

from collections.abc import Collection

from doorsync.domain.allowance import (
    UNKNOWN,
    Narrowing,
    allowed,
    either_allowance,
    gained_weekdays,
    gives,
    narrowing,
    only_extends,
    seen,
)
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.holding_rows import HoldingRow
from doorsync.hub.sync.holdings.rendering import Wanted
from doorsync.hub.sync.models import Holding
from doorsync.messages.schemas import Outcome


def narrowing_of(row: HoldingRow, wanted: Wanted, key: bytes) -> Narrowing:
    """What is taken away when this row changes from held to wanted. An unknown `held` counts as something."""
    if row.held is None or wanted.record is None or row.held == wanted.digest:
        return Narrowing.NONE
    return narrowing(row.allowance, allowed(key, wanted.record))


def may_give(row: HoldingRow, wanted: Wanted, key: bytes) -> bool:
    """Whether this row may come to hold something that it does not hold now."""
    return row.held is None or wanted.record is None or gives(row.allowance, allowed(key, wanted.record))


def is_timed(row: HoldingRow | None, wanted: Wanted, key: bytes, *, came: bool) -> bool:
    """Whether the row is due by time alone.

    A start that was known before has come, the record only extends a stay, or a holiday is over; `came`: it just has.
    """
    if wanted.record is None or (row and row.held and row.held == wanted.digest):
        return False
    if row is None or row.held is None:
        waits = row is not None and row.wanted is not None
        return row.timed if row and waits else came and wanted.started
    if wanted.record.kind is Kind.SCHEDULE:
        if came:
            return bool(wanted.given_back) and gained_weekdays(row.allowance, allowed(key, wanted.record)) <= wanted.given_back
        return row.timed and row.wanted == wanted.digest is not None
    return only_extends(row.allowance, allowed(key, wanted.record))


def may_hold(
    row: Holding, outcome: Outcome, sent: str, key: bytes, readable: Collection[str], *, interrupted: bool, as_sent: bool = False
) -> str:
    """The allowance of this row after an order. `sent` is the allowance of the record that was put, "" for a removal.

    `as_sent`: what was read back has the digest of what was sent.
    """
    if outcome.result == "unknown":
        return either_of(row, sent)
    if outcome.found is None:
        return UNKNOWN
    took = outcome.result == "done" and not interrupted and bool(sent)
    if took and as_sent:  # so it need not be worked out
        return sent
    return seen(key, outcome.found.record(), readable, sent if took else either_of(row, sent))


def either_of(row: Holding, sent: str) -> str:
    """The allowance of a row that holds what it held before an order, what the order brought, or a part of both."""
    before = row.allowance if row.held is not None else sent
    return either_allowance(before, sent) if sent else before
