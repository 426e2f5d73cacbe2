"""The orders of a batch, as they travel and as the hub stores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from doorsync.domain.allowance import allowed
from doorsync.domain.record import Kind, Record
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.pending_holdings import PUT
from doorsync.hub.sync.holdings.places import Places, card_of
from doorsync.hub.sync.holdings.rendering import load_facts, render_schedules, render_user
from doorsync.hub.sync.holdings.wanted_refresh import digest_key
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.run.credential_handover import Rendered, RenderedRecord
from doorsync.hub.terminals.models import Terminal
from doorsync.messages import sizes
from doorsync.messages.schemas import Order
from doorsync.messages.sizes import ORDERS

FREEING = -1  # state of an order that only takes away a credential or an old place; the rest of it is sent later


@dataclass(slots=True)
class Prepared:
    """Orders, what the hub stores of each, and their rows, as many as fit into one batch, and the rows without a place.

    An order about the whole terminal has no row, and nothing is stored of it.
    """

    orders: list[Order] = field(default_factory=list)
    stored: list[list[Any]] = field(default_factory=list)
    rows: list[Holding] = field(default_factory=list)
    placeless: list[Holding] = field(default_factory=list)


def rendered_rows(company: Company, terminal: Terminal, rows: Iterable[Holding]) -> Rendered:
    """The records that these rows should hold now, and all the schedules of the terminal."""
    structure, key = load_access_graph().only(terminal.pk), digest_key(company)
    users = [row.user_id for row in rows if row.kind == Kind.USER and row.state in PUT and row.user_id]
    now = timezone.now()
    people = (each for facts in load_facts(company, users) for each in render_user(facts, structure, key, now, marked=False))
    return {
        (each.record.kind, each.key): RenderedRecord(each.record, each.digest, allowed(key, each.record))
        for each in (*render_schedules(structure, key), *people)
        if each.record and each.digest
    }


def is_fresh(row: Holding, rendered: Rendered) -> bool:
    """Whether what this row wants is what is rendered now."""
    found = rendered.get((row.kind, row.key))
    return found is not None and found.digest == bytes(row.wanted or b"")


def prepared_orders(rows: Iterable[Holding], rendered: Rendered, places: Places) -> Prepared:
    """The orders for these rows, from the first on, in the hub's keys. Gives places where the terminal needs them."""
    made, size = Prepared(), 0
    for row in rows:
        order = _order(row, rendered)
        size += sizes.size_of(order) + 1
        if size > ORDERS:
            break
        if (placed := _placed(order, row, places)) is None:
            made.placeless.append(row)
            continue
        made.orders.append(placed)
        made.stored.append(_stored_order(row, placed, rendered))
        made.rows.append(row)
    return made


def _placed(order: Order, row: Holding, places: Places) -> Order | None:
    """The order, if it has a place. Whoever is to be kept elsewhere is first removed where they are: a lost card dies first."""
    there = places.place_of(row.kind, row.key)
    if order.do == "remove":
        return order if there else None
    record = Record(kind=order.kind, key=order.key, fields=order.fields)
    if row.held is not None and there and places.moves(row.kind, row.key, card_of(record)):
        return Order(do="remove", kind=order.kind, key=row.key, new=order.new)
    return order if places.give(row.kind, row.key, card_of(record)) else None


def _order(row: Holding, rendered: Rendered) -> Order:
    new = row.held is None or row.before is not None
    if row.state == HoldingState.REMOVE:
        return Order(do="remove", kind=Kind(row.kind), key=row.key, new=new)
    record = rendered[row.kind, row.key].record
    return Order(do="put", kind=record.kind, key=record.key, fields=dict(record.fields), new=new)


def _stored_order(row: Holding, order: Order, rendered: Rendered) -> list[Any]:
    """What the hub stores of an order: of a person's cards and PIN only keyed hashes."""
    if order.do != "put":
        return [True, row.kind, row.key, "", row.state if row.state == HoldingState.REMOVE else FREEING, ""]
    _record, sent, allowance = rendered[row.kind, row.key]
    state = row.state if sent == bytes(row.wanted or b"") else FREEING
    return [False, row.kind, row.key, sent.hex(), state, allowance]
