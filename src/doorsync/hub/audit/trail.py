"""Writing to the trail, and checking that nobody else did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.audit import counting
from doorsync.hub.audit.models import Entry, Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an administrator by way of a token, a sign-in or the command line; an agent; or the hub itself.

    `reference` is the id of the sync session, sign-in or agent, so that every entry leads back to it.
    """

    company_id: int
    administrator_id: int | None = None
    via: str = "hub"
    reference: str = ""


def record(event: str, *, actor: Actor, **subject: str | int | None) -> None:
    """Add an entry, in the caller's transaction. `subject` holds ids and codes, never names, numbers of cards or texts."""
    record_all(event, [subject], actor=actor)


def record_all(event: str, subjects: Iterable[Mapping[str, str | int | None]], *, actor: Actor) -> None:
    """Add an entry for each of these, as `record` does, with a few statements however many they are."""
    subjects = list(subjects)
    if not subjects:
        return
    counting.count(event, len(subjects))
    with transaction.atomic():
        Head.objects.get_or_create(company_id=actor.company_id)
        head = Head.objects.select_for_update().get(company_id=actor.company_id)
        entries = []
        for subject in subjects:
            entries.append(_after(head, event, actor, subject))
            head.number, head.hash = entries[-1].number, entries[-1].hash
        with scope(company=actor.company_id):
            Entry.objects.bulk_create(entries)
        Head.objects.filter(pk=head.pk).update(number=head.number, hash=head.hash)


def first_break(company_id: int) -> int | None:
    """The number of the first entry that was changed, removed or put in, or None when the chain is whole."""
    previous, number = bytes(32), 0
    with scope(company=company_id):
        for entry in Entry.objects.filter(company_id=company_id).order_by("number").iterator():
            number += 1
            if entry.number != number or bytes(entry.previous) != previous or bytes(entry.hash) != _hash(entry):
                return number
            previous = bytes(entry.hash)
    head = Head.objects.filter(company_id=company_id).first()
    whole = head is None or (head.number == number and bytes(head.hash) == previous)
    return None if whole else number + 1


def _after(head: Head, event: str, actor: Actor, subject: Mapping[str, str | int | None]) -> Entry:
    entry = Entry(
        company_id=actor.company_id,
        number=head.number + 1,
        at=timezone.now(),
        event=event,
        actor=asdict(actor),
        subject=dict(subject),
        previous=bytes(head.hash),
    )
    entry.hash = _hash(entry)
    return entry


def _hash(entry: Entry) -> bytes:
    text = json.dumps(
        [entry.company_id, entry.number, _utc(entry.at), entry.event, _sorted(entry.actor), _sorted(entry.subject)],
        separators=(",", ":"),
    )
    return hashlib.sha256(bytes(entry.previous) + text.encode()).digest()


def _utc(at: datetime) -> str:
    return at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds")


def _sorted(data: Mapping[str, object]) -> list[list[object]]:
    return [[name, data[name]] for name in sorted(data)]
