"""Writing strangers down as they are found at a terminal, and dropping them when they are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.holdings.refresh import chunks, refresh_holdings
from doorsync.hub.sync.models import Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH, User

CHUNK = 500
KeyAtTerminal = tuple[int, str]  # kind, key


def note_strangers(terminal: Terminal, found: Collection[Stranger]) -> set[KeyAtTerminal]:
    """Write down who was found now; whoever is known already stays decided on while they have the name. Returns who is new."""
    places = {(each.kind, each.key) for each in found}
    known = {(each.kind, each.key): each for each in strangers_at(terminal, places)}
    for each in found:
        before = known.get((each.kind, each.key))
        each.kept = before is not None and before.kept and before.name == each.name
    Stranger.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["terminal", "kind", "key"],
        update_fields=["name", "held", "own", "kept"],
    )
    return places - known.keys()


def drop_strangers(terminal: Terminal, gone: Iterable[Stranger]) -> set[KeyAtTerminal]:
    """They are not there any more, or are known to be the hub's own. Returns their places."""
    rows = list(gone)
    Stranger.objects.filter(pk__in=[each.pk for each in rows], terminal=terminal).delete()
    return {(each.kind, each.key) for each in rows}


def refresh_keys(company: Company, places: Collection[KeyAtTerminal]) -> None:
    """Whoever has a key that a stranger took, or left, is wanted there otherwise now."""
    if any(kind == Kind.SCHEDULE for kind, _ in places):
        refresh_holdings(company, None)
        return
    numbers = [int(key) for _, key in places if key.isascii() and key.isdigit() and len(key) < 19]
    users = {pk for some in chunks(numbers, CHUNK) for pk in User.objects.filter(number__in=some).values_list("pk", flat=True)}
    if users:
        refresh_holdings(company, users)


def strangers_at(terminal: Terminal, places: Collection[KeyAtTerminal]) -> Iterator[Stranger]:
    """Those written down under these keys of a terminal, some hundreds of keys in a query."""
    for kind in Kind:
        for some in chunks(sorted(key for each, key in places if each == kind), CHUNK):
            yield from Stranger.objects.filter(terminal=terminal, kind=kind, key__in=some)


def stranger_of(terminal: Terminal, *, kind: int, key: str, name: str, held: bytes, own: bool, now: datetime) -> Stranger:
    """One that was found, not yet written down."""
    return Stranger(
        company_id=terminal.company_id,
        terminal=terminal,
        kind=kind,
        key=key,
        name=name[:FULL_NAME_LENGTH],
        held=held,
        own=own,
        found_at=now,
    )
