"""What a terminal may hold under a key as far as it is known, and whether what is wanted there takes something of it away."""

from __future__ import annotations

from collections.abc import Collection

from doorsync.domain.allowance import UNKNOWN, Narrowing, allowed, either, narrowing, only_extends, seen
from doorsync.hub.sync.holdings.rendering import Wanted
from doorsync.hub.sync.models import Holding
from doorsync.messages.schemas import Outcome


def narrowed(row: Holding, wanted: Wanted, key: bytes) -> Narrowing:
    """What is taken away from this row when it comes to hold what is wanted. A held that nobody knows counts as something."""
    if row.held is None or wanted.record is None or bytes(row.held) == wanted.digest:
        return Narrowing.NONE
    return narrowing(row.allowance, allowed(key, wanted.record))


def is_timed(row: Holding | None, wanted: Wanted, key: bytes, *, came: bool) -> bool:
    """Whether this is due by the clock: a start has let somebody in who was expected, or who is there may stay for longer."""
    if wanted.record is None or (row and row.held and bytes(row.held) == wanted.digest):
        return False
    if row is None or row.held is None:
        waits = row is not None and row.wanted is not None
        return row.timed if row and waits else came and wanted.started
    return only_extends(row.allowance, allowed(key, wanted.record))


def may_hold(row: Holding, outcome: Outcome, sent: str, key: bytes, readable: Collection[str], *, interrupted: bool) -> str:
    """The allowance of what this row may hold after an order; `sent` is that of the record that was put, "" for a removal."""
    if outcome.result == "unknown":
        return either_of(row, sent)
    if outcome.found is None:
        return UNKNOWN
    took = outcome.result == "done" and not interrupted and bool(sent)
    return seen(key, outcome.found.record(), readable, sent if took else either_of(row, sent))


def either_of(row: Holding, sent: str) -> str:
    """The allowance of a row that holds what it held before an order, or what this brought, or a part of it."""
    before = row.allowance if row.held is not None else sent
    return either(before, sent) if sent else before
