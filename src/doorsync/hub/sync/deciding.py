"""Writing strangers down as they are found, and what a person decides on them: keep them, or release them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from doorsync.domain.digest import UNKNOWN
from doorsync.domain.reason import NO_REASON
from doorsync.domain.record import Kind
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.changing import take_turn
from doorsync.hub.companies.models import Company
from doorsync.hub.sync.errors import NoStranger
from doorsync.hub.sync.holdings import chunks, refresh
from doorsync.hub.sync.models import Holding, Stranger
from doorsync.hub.sync.unprompted import remove_at_once
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH, User

CHUNK = 500
Place = tuple[int, str]  # kind, key


def note_strangers(terminal: Terminal, found: Collection[Stranger]) -> set[Place]:
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


def drop_strangers(terminal: Terminal, gone: Iterable[Stranger]) -> set[Place]:
    """They are not there any more, or are known to be the hub's own. Returns their places."""
    rows = list(gone)
    Stranger.objects.filter(pk__in=[each.pk for each in rows], terminal=terminal).delete()
    return {(each.kind, each.key) for each in rows}


def follow_up(company: Company, places: Collection[Place]) -> None:
    """Whoever has a key that a stranger took, or left, is wanted there otherwise now."""
    if any(kind == Kind.SCHEDULE for kind, _ in places):
        refresh(company, None)
        return
    numbers = [int(key) for _, key in places if key.isascii() and key.isdigit() and len(key) < 19]
    users = {pk for some in chunks(numbers, CHUNK) for pk in User.objects.filter(number__in=some).values_list("pk", flat=True)}
    if users:
        refresh(company, users)


def strangers_at(terminal: Terminal, places: Collection[Place]) -> Iterator[Stranger]:
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


@transaction.atomic
def keep(*, terminal: Terminal, ids: Collection[int], actor: Actor) -> int:
    """They stay in the terminal, and nobody need decide on them any more. Raises NoStranger."""
    take_turn(terminal.company)
    kept = Stranger.objects.filter(pk__in=ids, terminal=terminal, own=False).update(kept=True)
    if not kept:
        raise NoStranger
    trail.record("strangers.kept", actor=actor, terminal=terminal.pk, people=kept)
    return kept


@transaction.atomic
def release(*, terminal: Terminal, ids: Collection[int], actor: Actor) -> int:
    """They are to be removed, as somebody whom the hub put there: within the guard. Whoever waited for their key gets it.

    The terminal's own administrators are never released. Raises NoStranger.
    """
    take_turn(terminal.company)
    terminal.refresh_from_db(fields=["unread"])
    rows = list(Stranger.objects.filter(pk__in=ids, terminal=terminal, own=False).order_by("kind", "key"))
    if not rows:
        raise NoStranger
    now, unread = timezone.now(), bool(terminal.unread)
    for each in rows:
        Holding.objects.update_or_create(
            company_id=terminal.company_id,
            kind=each.kind,
            key=each.key,
            terminal_id=terminal.pk,
            defaults={
                "wanted": None,
                "refusal": NO_REASON,
                "marks": None,
                "settled": None,
                "foreseen": False,
                "allowance": "",
                "held": UNKNOWN if unread else each.held,  # another device may have somebody else under the same key
                "before": each.held if unread else None,
                "held_since": None if unread else now,
                "label": each.name,
            },
        )
    trail.record("strangers.released", actor=actor, terminal=terminal.pk, people=len(rows))
    follow_up(terminal.company, drop_strangers(terminal, rows))
    remove_at_once(terminal.company, actor)
    return len(rows)
