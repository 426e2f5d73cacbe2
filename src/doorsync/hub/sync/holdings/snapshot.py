"""Snapshots: all that a terminal was read to hold. A snapshot corrects `held` everywhere, and shows strangers.

Its parts are stored as they arrive, and move `held` only once all of them are there, 500 entries at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from doorsync.domain.allowance import Narrowing, completed_allowance, shown_part
from doorsync.domain.digest import UNKNOWN, digest, vouched_digest
from doorsync.domain.names import spelt_name
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind
from doorsync.hub.companies.models import Company
from doorsync.hub.revocations.actions import note_revocations
from doorsync.hub.revocations.models import Evidence
from doorsync.hub.sync.holdings.former_entries import FormerEntries, Shown
from doorsync.hub.sync.holdings.found_strangers import drop_strangers, note_strangers, refresh_keys, stranger_of, strangers_at
from doorsync.hub.sync.holdings.named_schedules import forget_who_names, placed_schedules
from doorsync.hub.sync.holdings.narrowing import either_of
from doorsync.hub.sync.holdings.places import Places
from doorsync.hub.sync.holdings.removed_people import removed_people
from doorsync.hub.sync.holdings.strangers import is_ours, sent_lately
from doorsync.hub.sync.holdings.wanted_refresh import chunks, digest_key, judge_again
from doorsync.hub.sync.models import Batch, FoundEntry, Holding, Stranger
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import FULL_NAME_LENGTH, User
from doorsync.messages.schemas import Entry

CHUNK = 500
NOTHING_HELD: dict[str, Any] = {
    **dict.fromkeys(("held", "before", "held_since", "place")),
    "allowance": "",
    "narrows": Narrowing.NONE,
}
Place = tuple[int, str]  # kind, key


def put_by(company: Company, batch: Batch, terminal: Terminal, entries: Iterable[Entry]) -> None:
    """Store what was found until the snapshot is complete. A key that is listed twice counts as unknown."""
    secret, readable, places = digest_key(company), terminal.capabilities.shown_fields, Places(terminal)
    found: dict[Place, FoundEntry] = {}
    for told in entries:
        entry = places.entry_for_hub(told)
        place = (int(entry.kind), entry.key)
        twice, record = place in found, entry.record()
        known = UNKNOWN if twice else digest(secret, record, readable)
        may = "" if twice else shown_part(secret, record, readable)
        label = str(entry.fields.get("name") or "")[:FULL_NAME_LENGTH]
        _, sealed = places.sealed_stranger(place[0], told.key) if entry.key.startswith("@") else ("", None)
        kept = {
            "kind": place[0],
            "key": place[1],
            "place": sealed,
            "digest": known,
            "label": label,
            "own": entry.own,
            "allowance": may,
        }
        found[place] = FoundEntry(company=company, batch=batch, **kept)
    for place in _listed_before(batch, list(found)):
        del found[place]
    FoundEntry.objects.bulk_create(found.values(), CHUNK)


def apply_snapshot(terminal: Terminal, batch: Batch, now: datetime) -> None:
    """Set `held` of the hub's own keys to what the stored snapshot says, and store whatever else was found as strangers."""
    moved: set[Place] = set()  # where a stranger appeared or is gone
    forgotten = Holding.objects.filter(terminal_id=terminal.pk, before__isnull=False).exists()
    places, scheduled = Places(terminal), placed_schedules(terminal)
    former = FormerEntries(terminal, places)
    for found in _pieces(batch):
        moved |= _move(terminal, found, places, former, now, forgotten=forgotten)
    _forget(terminal, batch, places, former, now)
    moved |= drop_strangers(terminal, Stranger.objects.filter(~Exists(_seen(batch)), terminal=terminal))
    drop_parts(batch)
    terminal.unread = terminal.unreadable = NO_REASON
    terminal.save(update_fields=["unread", "unreadable"])
    forget_who_names(terminal, scheduled - placed_schedules(terminal))
    refresh_keys(terminal, moved)


def drop_parts(batch: Batch) -> None:
    """Delete the stored entries of this batch's snapshot."""
    FoundEntry.objects.filter(batch=batch).delete()


def forget_what_is_held(terminal: Terminal, why: Reason) -> None:
    """Make all that this terminal holds unknown, for this reason. It is read whole before anything is added to it.

    What was confirmed last is kept in `before`, so that the hub's own entries are recognised when they are found again.
    """
    here = Holding.objects.filter(terminal_id=terminal.pk)
    here.filter(held=UNKNOWN, before=None).update(before=b"", allowance="")
    here.filter(held=None).update(held=UNKNOWN, before=b"", allowance="")
    here.exclude(held=UNKNOWN).update(held=UNKNOWN, before=F("held"), allowance="")
    here.update(gives=True)
    terminal.unread = why
    terminal.save(update_fields=["unread"])


def forget_what_was_confirmed(terminal: Terminal) -> None:
    """Stop counting what was confirmed: after a restore of this database, whoever is missing may have been removed since.

    They count as new then, and wait for Sync to be pressed; what a terminal merely lost is sent again without that.
    """
    Holding.objects.filter(terminal_id=terminal.pk).update(held_since=None, lost=False)


def forget_what_was_touched(terminal_id: int, orders: Sequence[Sequence[Any]]) -> None:
    """Nobody knows what became of these orders to a terminal: what they touched is sent, and read back, again."""
    sent = {(kind, key): (mark, allowance) for _removal, kind, key, mark, _state, allowance in orders}
    rows = Holding.objects.select_for_update().filter(terminal_id=terminal_id, key__in={key for _, key in sent})
    touched = [row for row in rows.order_by("kind", "key") if (row.kind, row.key) in sent]
    for row in touched:
        mark, allowance = sent[row.kind, row.key]
        before = bytes.fromhex(mark) if row.held is None else row.before  # it may be there now; so may somebody else
        here = Holding.objects.filter(terminal_id=terminal_id, kind=row.kind, key=row.key)
        here.update(held=UNKNOWN, before=before, allowance=either_of(row, allowance))
    if touched:
        judge_again(touched[0].company, terminal_id, [row.key for row in touched])


def _listed_before(batch: Batch, places: list[Place]) -> list[Place]:
    """Those of these places that an earlier part had too; their entries become unknown."""
    twice: list[Place] = []
    for kind in Kind:
        for some in chunks([key for each, key in places if each == kind], CHUNK):
            before = FoundEntry.objects.filter(batch=batch, kind=kind, key__in=some)
            twice += [(int(kind), key) for key in before.values_list("key", flat=True)]
            before.update(digest=UNKNOWN, allowance="")
    return twice


def _pieces(batch: Batch) -> Iterator[list[FoundEntry]]:
    """The stored entries, 500 at a time."""
    last = 0
    while piece := list(FoundEntry.objects.filter(batch=batch, pk__gt=last).order_by("pk")[:CHUNK]):
        last = piece[-1].pk
        yield piece


def _move(
    terminal: Terminal, found: list[FoundEntry], places: Places, former: FormerEntries, now: datetime, *, forgotten: bool
) -> set[Place]:
    rows = {(row.kind, row.key): row for row in _locked(terminal, found)}
    if forgotten:  # the device may come from another door: users of the hub are no strangers, and are removed
        rows = {**_known_users(terminal, found), **rows}
    own_rows = _ours(terminal, found, rows, former, forgotten=forgotten)
    ours, moved, strangers = [], [], []
    displaced: set[Place] = set()  # places of the hub where somebody else is
    for each in found:
        row, seen = own_rows.get((each.kind, each.key)), bytes(each.digest)
        if row is None:
            if (each.kind, each.key) in rows:
                displaced.add((each.kind, each.key))
                _rename(each, places)
            made = stranger_of(terminal, kind=each.kind, key=each.key, name=each.label, held=seen, own=each.own, now=now)
            made.place, made.allowance = each.place, each.allowance
            strangers.append(made)
            continue
        ours.append(row)
        held = vouched_digest(seen, bytes(row.held or b"") or None)
        if row.held is None or bytes(row.held) != held or not row.allowance or row.before is not None or row.lost:
            row.allowance, row.narrows = completed_allowance(each.allowance, row.allowance), Narrowing.NONE
            row.held, row.before, row.held_since, row.lost = held, None, row.held_since or now, False
            moved.append(row)
    _not_held(terminal, displaced, former)
    Holding.objects.bulk_create(
        moved,
        update_conflicts=True,
        unique_fields=["company", "kind", "key", "terminal_id"],
        update_fields=["held", "before", "held_since", "lost", "allowance", "narrows"],
    )
    judge_again(terminal.company, terminal.pk, [row.key for row in moved])
    known = strangers_at(terminal, {(row.kind, row.key) for row in ours})
    return note_strangers(terminal, strangers) | drop_strangers(terminal, known)


def _ours(
    terminal: Terminal, found: list[FoundEntry], rows: dict[Place, Holding], former: FormerEntries, *, forgotten: bool
) -> dict[Place, Holding]:
    """The holdings of the entries that the hub put there, now or once; unsaved ones for people who were removed and are back."""
    can, sent = terminal.capabilities, sent_lately(terminal.pk) if forgotten else frozenset()
    ours, others = dict[Place, Holding](), dict[str, FoundEntry]()
    for each in found:
        row = rows.get((each.kind, each.key))
        if row and not each.own and is_ours(row, bytes(each.digest), each.label, can, sent):
            ours[each.kind, each.key] = row
        elif each.kind == Kind.USER and not each.own:
            others[each.key] = each
    for key in former.recognised(Shown(each.key, each.label, each.allowance) for each in others.values()):
        place = {"company_id": terminal.company_id, "kind": Kind.USER, "key": key, "terminal_id": terminal.pk}
        new = Holding(**place, label=others[key].label, held=UNKNOWN, place=others[key].place, foreseen=True)
        ours[int(Kind.USER), key] = rows.get((int(Kind.USER), key)) or new
    return ours


def _known_users(terminal: Terminal, found: list[FoundEntry]) -> dict[Place, Holding]:
    """Unsaved holdings with nothing wanted, for entries that have the number and name of a user."""
    names = {each.key: each.label for each in found if each.kind == Kind.USER and not each.own}
    numbers = [int(key) for key in names if key.isascii() and key.isdigit() and len(key) < 19]
    rows = {}
    for user in User.objects.filter(number__in=numbers):
        key, can = str(user.number), terminal.capabilities
        if names.get(key) in (user.full_name, spelt_name(user.full_name, can.name_letters, can.name_bytes)):
            place = {"company_id": terminal.company_id, "kind": Kind.USER, "key": key, "terminal_id": terminal.pk}
            rows[int(Kind.USER), key] = Holding(**place, user_id=user.pk, label=user.full_name, held=UNKNOWN)
    return rows


def _rename(found: FoundEntry, places: Places) -> None:
    """Where a terminal has places, whoever is at one that was given gets a key of their own, and it is given to nobody."""
    place = places.place_of(found.kind, found.key)
    key, sealed = places.sealed_stranger(found.kind, place or found.key)
    if sealed is not None:
        found.key, found.place = key, sealed
        found.save(update_fields=["key", "place"])


def _not_held(terminal: Terminal, displaced: Collection[Place], former: FormerEntries) -> None:
    """Clear `held` under these keys: somebody else is there."""
    for kind in {kind for kind, _ in displaced}:
        keys = [key for each, key in displaced if each == kind]
        here = Holding.objects.filter(terminal_id=terminal.pk, kind=kind, key__in=keys)
        _note_gone(here, former)
        here.filter(Q(wanted__isnull=True, refusal="")).delete()
        here.update(**NOTHING_HELD)


def _locked(terminal: Terminal, found: list[FoundEntry]) -> Iterator[Holding]:
    for kind in Kind:
        keys = [each.key for each in found if each.kind == kind]
        here = Holding.objects.select_for_update().filter(terminal_id=terminal.pk, kind=kind, key__in=keys)
        yield from here.order_by("key")


def _seen(batch: Batch) -> QuerySet[FoundEntry]:
    return FoundEntry.objects.filter(batch=batch, kind=OuterRef("kind"), key=OuterRef("key"))


def _note_gone(rows: QuerySet[Holding], former: FormerEntries) -> None:
    for row in rows.filter(kind=Kind.USER, held__isnull=False).iterator(CHUNK):
        former.note_gone(row)
    former.save()


def _forget(terminal: Terminal, batch: Batch, places: Places, former: FormerEntries, now: datetime) -> None:
    """Set `held` to None for what the snapshot lacks. Where nothing is wanted either, that confirms the removal.

    What was confirmed there is marked as lost, and sent again without anybody pressing Sync.
    """
    gone = Holding.objects.filter(~Exists(_seen(batch)), terminal_id=terminal.pk)
    out = gone.filter(kind=Kind.USER, wanted__isnull=True, held__isnull=False)
    note_revocations(terminal, removed_people(out.iterator(CHUNK)), Evidence.READ_WHOLE, now)
    _note_gone(gone if places.translates else gone.filter(wanted=None), former)  # with places, they come back under other keys
    gone.filter(Q(wanted__isnull=True, refusal="")).delete()
    never = Q(held=None) | Q(held=UNKNOWN, before=b"") | Q(held_since=None)
    gone.exclude(never).update(lost=True)
    gone.filter(held__isnull=False).update(**NOTHING_HELD)
