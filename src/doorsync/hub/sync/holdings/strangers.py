"""Strangers: people and schedules that a terminal holds and the hub did not put there. How to tell, and whom they block.

They stay until an administrator decides: see docs/decisions/strangers-are-decided-on.md. They are written by
`found_strangers` and `run/stranger_decisions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.digest import HALF, UNKNOWN
from doorsync.domain.names import spelt_name
from doorsync.domain.reason import Reason
from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.companies.statements import marks, rows_of
from doorsync.hub.companies.tenancy import company_in_scope
from doorsync.hub.sync.holdings.rendering import Wanted
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Stranger

BATCHES = 20  # the last batches of a terminal, searched for what was sent lately
STRANGERS = "SELECT terminal_id, key, name, own FROM sync_stranger WHERE company_id = %s AND kind = %s"
SHOWN = 60  # characters of a name in a refusal
Sent = frozenset[tuple[int, str, str]]  # kind, key, and the readable half of the digest in hex


def is_ours(row: Holding, seen: bytes, name: str, can: Capabilities, sent: Sent | None = None) -> bool:
    """Whether the entry found under this key was put there by the hub, even if somebody changed it since.

    - The key is confirmed as held: yes.
    - Nothing is held: only if the entry equals what is wanted, or has the name of whoever was confirmed there and got lost.
    - What is held is unknown (another device, a restore, a loss): if the entry has the holding's name, or equals what was held
      last, what is wanted or what was sent lately. Pass `sent` when asking about many rows.
    """
    wanted, held = bytes(row.wanted or b""), None if row.held is None else bytes(row.held)
    shows_names = "name" in (can.schedule_readable if row.kind == Kind.SCHEDULE else can.readable)
    same_name = name in (row.label, spelt_name(row.label, can.name_letters, can.name_bytes)) if shows_names else True
    if held is None:
        return (bool(wanted) and wanted[:HALF] == seen[:HALF]) or (row.lost and shows_names and same_name)
    if held != UNKNOWN or row.before is None or not seen:
        return True
    known = {mark[:HALF] for mark in (wanted, bytes(row.before)) if mark}
    if seen[:HALF] in known or same_name:
        return True
    return (row.kind, row.key, seen[:HALF].hex()) in (sent_lately(row.terminal_id) if sent is None else sent)


def sent_lately(terminal_id: int) -> Sent:
    """What the hub put with the terminal's last batches: it is the hub's own even if their receipts were lost."""
    last = Batch.objects.filter(terminal_id=terminal_id).aggregate(last=Max("pk"))["last"]
    return _sent(terminal_id, last) if last else frozenset()


@lru_cache(maxsize=16)
def _sent(terminal_id: int, last: int) -> Sent:
    batches = Batch.objects.filter(terminal_id=terminal_id, pk__lte=last, whole="").order_by("-pk")
    orders = (order for batch in batches.values_list("orders", flat=True)[:BATCHES] for order in batch)
    return frozenset((kind, key, digest[: 2 * HALF]) for _removal, kind, key, digest, *_rest in orders if digest)


def without_taken(kind: Kind, keys: Collection[str] | None, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
    """The same, but refused wherever a stranger has the key. `keys`: the keys that can occur, or None for all."""
    taken = _strangers_under(kind, keys)
    for each in wanted:
        stranger = taken.get((each.terminal_id, each.key))
        held_up = stranger is not None and each.digest is not None
        yield (
            replace(each, record=None, digest=None, marks=None, refusal=stranger_refusal(stranger))
            if stranger and held_up
            else each
        )


def _strangers_under(kind: Kind, keys: Collection[str] | None) -> dict[tuple[int, str], Stranger]:
    if keys is not None and not keys:
        return {}
    statement = STRANGERS if keys is None else f"{STRANGERS} AND key IN ({marks(keys)})"
    rows = rows_of(statement, [company_in_scope(), kind, *(keys or ())])
    found = (Stranger(kind=kind, terminal_id=terminal, key=key, name=name, own=own) for terminal, key, name, own in rows)
    return {(each.terminal_id, each.key): each for each in found}


def stranger_refusal(stranger: Stranger) -> Reason:
    """Why this stranger's key cannot be given to the hub's own person or schedule."""
    code = RefusalCode.SCHEDULE_NUMBER_TAKEN if stranger.kind == Kind.SCHEDULE else RefusalCode.NUMBER_TAKEN
    if stranger.own:
        code = RefusalCode.NUMBER_OF_ADMINISTRATOR
    return code(key=stranger.key, name=stranger.name[:SHOWN])


def undecided_counts(terminals: Collection[int]) -> dict[int, int]:
    """How many strangers wait for a decision, by terminal: neither kept nor the terminal's own administrators."""
    rows = Stranger.objects.filter(terminal_id__in=terminals, own=False, kept=False)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())


def held_up_counts(terminals: Collection[int]) -> dict[int, int]:
    """How many people are refused at each terminal because somebody who was enrolled there has their number."""
    rows = Stranger.objects.filter(Exists(_refused()), terminal_id__in=terminals, kind=Kind.USER)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())


def held_up_people(terminals: Collection[int], most: int) -> list[tuple[int, str, Reason]]:
    """Terminal, name and reason of each who is refused so."""
    rows = Stranger.objects.filter(Exists(_refused()), terminal_id__in=terminals, kind=Kind.USER)
    named = rows.annotate(waits=Subquery(_refused().values("label")[:1])).order_by("pk")[:most]
    return [(each.terminal_id, each.waits, stranger_refusal(each)) for each in named]


def _refused() -> QuerySet[Holding]:
    """The person, refused, to whom the number of a stranger belongs."""
    under_key = Holding.objects.filter(terminal_id=OuterRef("terminal_id"), key=OuterRef("key"))
    return under_key.filter(kind=Kind.USER, state=HoldingState.REFUSED)


def erasable_counts(terminals: Collection[int]) -> dict[int, int]:
    """How many people enrolled at each terminal itself an erase would delete: all but its own administrators."""
    rows = Stranger.objects.filter(terminal_id__in=terminals, own=False, kind=Kind.USER)
    return dict(rows.values_list("terminal_id").annotate(n=Count("*")).order_by())
