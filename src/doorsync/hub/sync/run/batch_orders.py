"""The orders of a batch, as they travel and as the hub stores them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from doorsync.domain.allowance import allowed
from doorsync.domain.digest import digest
from doorsync.domain.record import Kind, Record
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.run.credential_handover import Rendered
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import sizes
from doorsync.messages.schemas import Order
from doorsync.messages.sizes import ORDERS

FREEING = -1  # state of an order that only takes away a credential that others need; the rest of it is sent later


def fitting_orders(rows: Iterable[Holding], rendered: Rendered) -> list[Order]:
    """The orders for these rows, from the first on, as many as fit into one batch."""
    orders, size = [], 0
    for order in (_order(row, rendered) for row in rows):
        size += sizes.size_of(order) + 1
        if size > ORDERS:
            break
        orders.append(order)
    return orders


def _order(row: Holding, rendered: Rendered) -> Order:
    new = row.held is None or row.before is not None
    if row.state == HoldingState.REMOVE:
        return Order(do="remove", kind=Kind(row.kind), key=row.key, new=new)
    record = rendered[row.kind, row.key][0]
    return Order(do="put", kind=record.kind, key=record.key, fields=dict(record.fields), new=new)


def stored_order(terminal: Terminal, key: bytes, row: Holding, order: Order) -> list[Any]:
    """What the hub stores of an order: of a person's cards and PIN only keyed hashes."""
    if order.do != "put":
        return [True, row.kind, row.key, "", row.state, ""]
    record = Record(kind=order.kind, key=order.key, fields=order.fields)
    sent = digest(key, record, terminal.capabilities.readable)
    state = row.state if sent == bytes(row.wanted or b"") else FREEING
    return [False, row.kind, row.key, sent.hex(), state, allowed(key, record)]
