"""Store the strangers that are found at a terminal, and delete them when they are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.wanted_refresh import chunks, refresh_holdings, refresh_or_put_off
from doorsync.hub.sync.models import Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH, User

CHUNK = 500
KeyAtTerminal = tuple[int, str]  # kind, key


def note_strangers(terminal: Terminal, found: Collection[Stranger]) -> set[KeyAtTerminal]:
    """Store these strangers, and return the places of new ones. A decision to keep one holds while the name is the same."""
    places = {(each.kind, each.key) for each in found}
    known = {(each.kind, each.key): each for each in strangers_at(terminal, places)}
    for each in found:
        before = known.get((each.kind, each.key))
        each.kept = before is not None and before.kept and before.name == each.name
    Stranger.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["terminal", "kind", "key"],
        update_fields=["name", "held", "own", "kept", "place", "allowance"],
    )
    return places - known.keys()


def drop_strangers(terminal: Terminal, gone: Iterable[Stranger]) -> set[KeyAtTerminal]:
    """Delete strangers who are gone, or turned out to be the hub's own. Returns their places."""
    rows = list(gone)
    Stranger.objects.filter(pk__in=[each.pk for each in rows], terminal=terminal).delete()
    return {(each.kind, each.key) for each in rows}


def refresh_keys(terminal: Terminal, places: Collection[KeyAtTerminal]) -> None:
    """Refresh the users and schedules whose keys a stranger took or left at this terminal; many users after the transaction."""
    if any(kind == Kind.SCHEDULE for kind, _ in places):
        refresh_holdings(terminal.company, (), schedules=True)
    numbers = [int(key) for kind, key in places if kind == Kind.USER and key.isascii() and key.isdigit() and len(key) < 19]
    users = {pk for some in chunks(numbers, CHUNK) for pk in User.objects.filter(number__in=some).values_list("pk", flat=True)}
    refresh_or_put_off(terminal, users)


def strangers_at(terminal: Terminal, places: Collection[KeyAtTerminal]) -> Iterator[Stranger]:
    """The stored strangers under these keys of a terminal, 500 keys per query."""
    for kind in Kind:
        for some in chunks(sorted(key for each, key in places if each == kind), CHUNK):
            yield from Stranger.objects.filter(terminal=terminal, kind=kind, key__in=some)


def stranger_of(terminal: Terminal, *, kind: int, key: str, name: str, held: bytes, own: bool, now: datetime) -> Stranger:
    """A new stranger, not saved."""
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
