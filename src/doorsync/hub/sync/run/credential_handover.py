"""Handing a card or PIN on at terminals that take it once: freed first, given then.

Whoever is to get what a terminal may still keep for somebody else waits, until that one's removal or narrower record is
confirmed. Whose own record gets narrower is sent it at once, without what is not free yet: so a swap ends too.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from doorsync.domain.allowance import Narrowing, allowed, card_mark, credentials, pin_mark
from doorsync.domain.digest import digest
from doorsync.domain.record import Kind, Record, Value
from doorsync.hub.sync.holdings.pending import NARROWS, PUT
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.models import Terminal

Rendered = dict[tuple[int, str], tuple[Record, bytes]]


def hand_over_credentials(
    terminal: Terminal, rows: Sequence[Holding], rendered: Rendered, key: bytes
) -> tuple[list[Holding], list[Holding]]:
    """Who can be sent now, and who waits. In `rendered`, records lose what is not free yet."""
    gains = {row.key: _gained(row, rendered, key) for row in rows if row.kind == Kind.USER and row.state in PUT}
    keepers = _keepers(terminal, frozenset().union(*gains.values())) if gains else {}
    ready, waiting = [], []
    for row in rows:
        wished = gains[row.key] if row.kind == Kind.USER and row.key in gains else ()
        taken = {mark for mark in wished if keepers.get(mark, set()) - {row.key}}
        if not taken:
            ready.append(row)
        elif row.state == HoldingState.CHANGED and row.narrows > Narrowing.NONE:
            record = _without(rendered[row.kind, row.key][0], taken, key)
            rendered[row.kind, row.key] = (record, digest(key, record, terminal.capabilities.readable))
            ready.append(row)
        else:
            waiting.append(row)
    return ready, waiting


def _gained(row: Holding, rendered: Rendered, key: bytes) -> frozenset[str]:
    found = rendered.get((row.kind, row.key))
    had = credentials(row.allowance) if row.held is not None else frozenset()
    return credentials(allowed(key, found[0])) - had if found else frozenset()


def _keepers(terminal: Terminal, marks: frozenset[str]) -> dict[str, set[str]]:
    """By card or PIN: the keys under which the terminal may still keep it, though it is to be taken away there."""
    found: dict[str, set[str]] = {}
    if marks:
        freeing = Q(state=HoldingState.REMOVE, held__isnull=False) | NARROWS
        rows = Holding.objects.filter(freeing, terminal_id=terminal.pk, kind=Kind.USER).exclude(allowance="")
        for key, allowance in rows.values_list("key", "allowance"):
            for mark in credentials(allowance) & marks:
                found.setdefault(mark, set()).add(key)
    return found


def _without(record: Record, marks: set[str], key: bytes) -> Record:
    cards, pin = record.fields.get("cards"), record.fields.get("pin")
    kept = [str(card) for card in cards if card_mark(key, str(card)) not in marks] if isinstance(cards, list) else []
    fields: dict[str, Value] = {**record.fields, "cards": kept, "pin": "" if pin_mark(key, str(pin)) in marks else pin}
    return Record(kind=record.kind, key=record.key, fields=fields)
