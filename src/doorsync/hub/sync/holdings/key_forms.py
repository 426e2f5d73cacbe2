"""Terminals that keep entries under other keys than before, and removals of what was never given a key there."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from doorsync.domain.capabilities import Capabilities, KeyForm
from doorsync.domain.digest import UNKNOWN
from doorsync.domain.record import Kind
from doorsync.hub.sync.holdings.former_entries import FormerEntries
from doorsync.hub.sync.holdings.places import PLACED, Places, opened_place, sealed_place
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Holding, HoldingState, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode

CHUNK = 500
NEVER_HELD = Q(held=None) | Q(held=UNKNOWN, before=b"")


def drop_never_sent(terminal: Terminal) -> int:
    """Delete removals of what never had a place here, so that nothing was ever sent. Returns how many people that were.

    Call it while no batch of the terminal is open.
    """
    kinds = [kind for kind, form in _forms(terminal.capabilities).items() if form in PLACED]
    if not kinds:
        return 0
    gone = Holding.objects.filter(NEVER_HELD, terminal_id=terminal.pk, kind__in=kinds, state=HoldingState.REMOVE, place=None)
    people = gone.filter(kind=Kind.USER).count()
    gone.delete()
    return people


def keeps_otherwise(terminal: Terminal, can: Capabilities) -> bool:
    """Whether a terminal that has these capabilities now keeps what it holds under keys of another form than before."""
    here = {"terminal_id": terminal.pk, "kind__in": _changed(terminal.capabilities, can)}
    return (
        bool(here["kind__in"]) and (Holding.objects.exclude(held=None).filter(**here) or Stranger.objects.filter(**here)).exists()
    )


def follow_key_forms(terminal: Terminal, before: Capabilities) -> None:
    """Make what a terminal holds unknown, as it keeps it under keys of another form than `before`. It is read whole first.

    Until then everything is looked for where it was put. Where it takes the hub's numbers now, people who are still under the
    places that they had are recognised, and removed from there.
    """
    for kind in _changed(before, terminal.capabilities):
        here = Holding.objects.filter(terminal_id=terminal.pk, kind=kind)
        here.filter(held=None).update(place=None)
        if kind == Kind.USER and _forms(terminal.capabilities)[kind] not in PLACED:
            _note_places(terminal, here)
        if _forms(before)[kind] not in PLACED:
            for key in list(here.exclude(held=None).values_list("key", flat=True)):
                here.filter(key=key).update(place=sealed_place(terminal, kind, key, key))
    forget_what_is_held(terminal, UnreadCode.KEYS_CHANGED())


def _note_places(terminal: Terminal, people: QuerySet[Holding]) -> None:
    former = FormerEntries(terminal, Places(terminal))
    for row in people.filter(place__isnull=False).iterator(CHUNK):
        former.note_at(opened_place(terminal, row.kind, row.key, row.place), row)
    former.save()


def _forms(can: Capabilities) -> dict[Kind, KeyForm]:
    return {Kind.USER: can.key_form, Kind.SCHEDULE: can.schedule_key_form}


def _changed(one: Capabilities, other: Capabilities) -> list[Kind]:
    """The kinds whose keys have another form. Digits and texts are both the hub's own numbers."""
    mine, theirs = _forms(one), _forms(other)
    return [kind for kind in Kind if mine[kind] is not theirs[kind] and (mine[kind] in PLACED or theirs[kind] in PLACED)]
