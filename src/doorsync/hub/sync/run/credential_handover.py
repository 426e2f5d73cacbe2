"""Hand a card or PIN over from one person to another at a terminal that accepts it only once: free it first, then give it.

A person waits while the terminal may still keep their new credential for somebody else, until that removal or narrower
record is confirmed. A narrower record is sent at once, without credentials that are not free yet, so that a swap works too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from doorsync.domain.allowance import Narrowing, allowed, card_mark, credential_marks, pin_mark
from doorsync.domain.digest import digest
from doorsync.domain.record import Kind, Record, Value
from doorsync.hub.companies.compiled_queries import compiled
from doorsync.hub.sync.holdings.pending_holdings import NARROWS, PUT
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal


class RenderedRecord(NamedTuple):
    """What a terminal should hold under one key: a record, its digest there, and what it allows."""

    record: Record
    digest: bytes
    allowance: str


Rendered = dict[tuple[int, str], RenderedRecord]


def hand_over_credentials(
    terminal: Terminal, rows: Sequence[Holding], rendered: Rendered, key: bytes
) -> tuple[list[Holding], list[Holding]]:
    """The rows that can be sent now, and those that wait. Records in `rendered` lose credentials that are not free yet."""
    gains = {row.key: _gained(row, rendered) for row in rows if row.kind == Kind.USER and row.state in PUT}
    keepers = _keepers(terminal, frozenset().union(*gains.values())) if gains else {}
    ready, waiting = [], []
    for row in rows:
        wished = gains[row.key] if row.kind == Kind.USER and row.key in gains else ()
        taken = {mark for mark in wished if keepers.get(mark, set()) - {row.key}}
        if not taken:
            ready.append(row)
        elif row.state == HoldingState.CHANGED and row.narrows > Narrowing.NONE:
            record = _without(rendered[row.kind, row.key].record, taken, key)
            mark = digest(key, record, terminal.capabilities.shown_fields)
            rendered[row.kind, row.key] = RenderedRecord(record, mark, allowed(key, record))
            ready.append(row)
        else:
            waiting.append(row)
    return ready, waiting


def _gained(row: Holding, rendered: Rendered) -> frozenset[str]:
    found = rendered.get((row.kind, row.key))
    had = credential_marks(row.allowance) if row.held is not None else frozenset()
    return credential_marks(found.allowance) - had if found else frozenset()


def _keepers(terminal: Terminal, marks: frozenset[str]) -> dict[str, set[str]]:
    """For each card or PIN, the keys under which the terminal may still keep it although it is to be removed there."""
    found: dict[str, set[str]] = {}
    if marks:
        for key, allowance in _freeing(terminal=terminal.pk):
            for mark in credential_marks(allowance) & marks:
                found.setdefault(mark, set()).add(key)
    return found


@compiled
def _freeing(*, terminal: Any) -> QuerySet[Holding, tuple[str, str]]:
    freeing = Q(state=HoldingState.REMOVE, held__isnull=False) | NARROWS
    rows = Holding.objects.filter(freeing, terminal_id=terminal, kind=Kind.USER).exclude(allowance="")
    return rows.values_list("key", "allowance")


def _without(record: Record, marks: set[str], key: bytes) -> Record:
    cards, pin = record.fields.get("cards"), record.fields.get("pin")
    kept = [str(card) for card in cards if card_mark(key, str(card)) not in marks] if isinstance(cards, list) else []
    fields: dict[str, Value] = {**record.fields, "cards": kept, "pin": "" if pin_mark(key, str(pin)) in marks else pin}
    return Record(kind=record.kind, key=record.key, fields=fields)
