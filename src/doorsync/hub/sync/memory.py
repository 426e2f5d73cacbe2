"""A terminal's whole memory, as it was read: corrects `held` everywhere, and finds strangers too.

It is put by as it comes, part by part, and moves `held` only when it is whole, in pieces that fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from doorsync.domain.allowance import Narrowing, completed, shown
from doorsync.domain.digest import UNKNOWN, digest, vouched
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings import chunks, digest_key, judge_again
from doorsync.hub.sync.models import Batch, FoundEntry, Holding
from doorsync.hub.sync.narrowing import either_of
from doorsync.hub.terminals.models import Terminal
from doorsync.messages.shapes import Entry

CHUNK = 500
Place = tuple[int, str]  # kind, key


def put_by(company: Company, batch: Batch, terminal: Terminal, entries: Iterable[Entry]) -> None:
    """Keep what was found, until all of it is there. A key that is listed twice is known by nobody."""
    secret, readable = digest_key(company), terminal.capabilities.readable
    found: dict[Place, FoundEntry] = {}
    for entry in entries:
        place = (int(entry.kind), entry.key)
        twice, record = place in found, entry.record()
        known = UNKNOWN if twice else digest(secret, record, readable)
        may = "" if twice else shown(secret, record, readable)
        label = str(entry.fields.get("name") or "")[:200]
        found[place] = FoundEntry(
            company=company, batch=batch, kind=place[0], key=place[1], digest=known, label=label, allowance=may
        )
    for place in _listed_before(batch, list(found)):
        del found[place]
    FoundEntry.objects.bulk_create(found.values(), CHUNK)


def take_memory(company: Company, terminal: Terminal, batch: Batch, now: datetime) -> None:
    """Set `held` of every key of this terminal to what was put by; keys that only it knows become holdings, unwanted."""
    for found in _pieces(batch):
        _move(company, terminal, found, now)
    _forget(terminal, batch)
    terminal.unread = ""
    terminal.save(update_fields=["unread"])


def drop(batch: Batch) -> None:
    """Forget what was put by of a batch's receipt."""
    FoundEntry.objects.filter(batch=batch).delete()


def forget_what_is_held(terminal: Terminal, why: str) -> None:
    """Nobody knows any more what this terminal holds, and why. It is read whole before anything else is sent to it."""
    Holding.objects.filter(terminal_id=terminal.pk).update(held=UNKNOWN, allowance="")
    terminal.unread = why[:200]
    terminal.save(update_fields=["unread"])


def forget_what_was_touched(terminal_id: int, orders: Sequence[Sequence[Any]]) -> None:
    """Nobody knows what became of these orders to a terminal: what they touched is sent, and read back, again."""
    sent = {(kind, key): allowance for _removal, kind, key, _digest, _state, allowance in orders}
    rows = Holding.objects.select_for_update().filter(terminal_id=terminal_id, key__in={key for _, key in sent})
    touched = [row for row in rows.order_by("kind", "key") if (row.kind, row.key) in sent]
    for row in touched:
        here = Holding.objects.filter(terminal_id=terminal_id, kind=row.kind, key=row.key)
        here.update(held=UNKNOWN, allowance=either_of(row, sent[row.kind, row.key]))
    if touched:
        judge_again(touched[0].company, terminal_id, [row.key for row in touched])


def _listed_before(batch: Batch, places: list[Place]) -> list[Place]:
    """Those of these that an earlier part had too; nobody knows which of the two is true."""
    twice: list[Place] = []
    for kind in Kind:
        for some in chunks([key for each, key in places if each == kind], CHUNK):
            before = FoundEntry.objects.filter(batch=batch, kind=kind, key__in=some)
            twice += [(int(kind), key) for key in before.values_list("key", flat=True)]
            before.update(digest=UNKNOWN, allowance="")
    return twice


def _pieces(batch: Batch) -> Iterator[list[FoundEntry]]:
    """What was put by, some hundreds at a time."""
    last = 0
    while piece := list(FoundEntry.objects.filter(batch=batch, pk__gt=last).order_by("pk")[:CHUNK]):
        last = piece[-1].pk
        yield piece


def _move(company: Company, terminal: Terminal, found: list[FoundEntry], now: datetime) -> None:
    rows = {(row.kind, row.key): row for row in _locked(terminal, found)}
    moved = []
    for each in found:
        row = rows.get((each.kind, each.key)) or _stranger(company, terminal, each)
        held = vouched(bytes(each.digest), bytes(row.held or b"") or None)
        if row.held is None or bytes(row.held) != held or not row.allowance:
            row.allowance, row.narrows = completed(each.allowance, row.allowance), Narrowing.NONE
            row.held, row.held_since = held, row.held_since or now
            moved.append(row)
    Holding.objects.bulk_create(
        moved,
        update_conflicts=True,
        unique_fields=["company", "kind", "key", "terminal_id"],
        update_fields=["held", "held_since", "allowance", "narrows"],
    )
    judge_again(company, terminal.pk, [row.key for row in moved])


def _locked(terminal: Terminal, found: list[FoundEntry]) -> Iterator[Holding]:
    for kind in Kind:
        keys = [each.key for each in found if each.kind == kind]
        here = Holding.objects.select_for_update().filter(terminal_id=terminal.pk, kind=kind, key__in=keys)
        yield from here.order_by("key")


def _stranger(company: Company, terminal: Terminal, found: FoundEntry) -> Holding:
    return Holding(company_id=company.pk, kind=found.kind, key=found.key, terminal_id=terminal.pk, label=found.label)


def _forget(terminal: Terminal, batch: Batch) -> None:
    """What was not in the memory is not held; where it need not be either, the removal is thereby confirmed."""
    seen = FoundEntry.objects.filter(batch=batch, kind=OuterRef("kind"), key=OuterRef("key"))
    gone = Holding.objects.filter(~Exists(seen), terminal_id=terminal.pk)
    gone.filter(Q(wanted__isnull=True, refusal="")).delete()
    gone.filter(held__isnull=False).update(held=None, held_since=None, allowance="", narrows=Narrowing.NONE)
