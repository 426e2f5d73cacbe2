"""A terminal's whole memory, as it was read: corrects `held` everywhere, and finds strangers too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from doorsync.domain.digest import UNKNOWN, as_read
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings import chunks, digest_key
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.messages.shapes import Entry

CHUNK = 500
Place = tuple[int, str]  # kind, key


def take_memory(company: Company, terminal: Terminal, memory: Sequence[Entry], now: datetime) -> None:
    """Set `held` of every key of this terminal to what was read; keys that only the terminal knows become holdings, unwanted."""
    locked = Holding.objects.select_for_update().filter(terminal_id=terminal.pk).order_by("kind", "key")
    rows = {(row.kind, row.key): row for row in locked}
    key, readable = digest_key(company), terminal.capabilities.readable
    changed, strangers = [], []
    for entry in memory:
        row = rows.pop((int(entry.kind), entry.key), None)
        held = as_read(key, entry.record(), readable, bytes(row.held or b"") or None if row else None)
        if row is None:
            strangers.append(_stranger(company, terminal, entry, held, now))
        elif bytes(row.held or b"") != held:
            row.held, row.held_since = held, row.held_since or now
            changed.append(row)
    for row in changed:
        Holding.objects.filter(terminal_id=terminal.pk, kind=row.kind, key=row.key).update(
            held=row.held, held_since=row.held_since
        )
    Holding.objects.bulk_create(strangers)
    _forget(terminal, list(rows.values()))
    terminal.unread = ""
    terminal.save(update_fields=["unread"])


def forget_what_is_held(terminal: Terminal, why: str) -> None:
    """Nobody knows any more what this terminal holds, and why. It is read whole before anything else is sent to it."""
    Holding.objects.filter(terminal_id=terminal.pk).update(held=UNKNOWN)
    terminal.unread = why[:200]
    terminal.save(update_fields=["unread"])


def forget_what_was_touched(terminal_id: int, places: Collection[Place]) -> None:
    """Nobody knows what became of these keys of a terminal: they are sent, and read back, again."""
    for kind in Kind:
        for some in chunks(sorted(key for each, key in places if each == kind), CHUNK):
            Holding.objects.filter(terminal_id=terminal_id, kind=kind, key__in=some).update(held=UNKNOWN)


def _stranger(company: Company, terminal: Terminal, entry: Entry, held: bytes, now: datetime) -> Holding:
    return Holding(
        company_id=company.pk,
        kind=entry.kind,
        key=entry.key,
        terminal_id=terminal.pk,
        label=str(entry.fields.get("name") or "")[:200],
        held=held,
        held_since=now,
    )


def _forget(terminal: Terminal, missing: Sequence[Holding]) -> None:
    """What was not in the memory is not held; where it need not be either, the removal is thereby confirmed."""
    for kind in Kind:
        for some in chunks([row.key for row in missing if row.kind == kind], CHUNK):
            gone = Holding.objects.filter(terminal_id=terminal.pk, kind=kind, key__in=some)
            gone.filter(Q(wanted__isnull=True, refusal="")).delete()
            gone.update(held=None, held_since=None)
