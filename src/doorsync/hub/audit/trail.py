"""Write to the trail. Each entry is chained to the one before under a key that is not in the database; see `verification`."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from doorsync.hub.audit import counters
from doorsync.hub.audit.chain import Head, append_entries, locked_head
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail_keys import key_of, name_of


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


def record_all(event: str, subjects: Iterable[Mapping[str, str | int | None]], *, actor: Actor, head: Head | None = None) -> None:
    """Add an entry for each of these, as `record` does, with a few statements however many they are.

    `head`: the end of the chain, where the caller's transaction has locked it already.
    """
    subjects = list(subjects)
    if not subjects:
        return
    counters.count_event(event, len(subjects))
    with transaction.atomic(savepoint=False):
        head = head or locked_head(actor.company_id)
        entries = []
        for subject in subjects:
            entries.append(_after(head, event, actor, subject))
            head = Head(entries[-1].number, bytes(entries[-1].hash))
        append_entries(entries, seal_of(actor.company_id, head.number, head.hash))


def _after(head: Head, event: str, actor: Actor, subject: Mapping[str, str | int | None]) -> Entry:
    entry = Entry(
        company_id=actor.company_id,
        number=head.number + 1,
        at=timezone.now(),
        event=event,
        actor=asdict(actor),
        subject=dict(subject),
        previous=head.hash,
        key=name_of(actor.company_id),
    )
    entry.hash = hash_of(entry)
    return entry


def hash_of(entry: Entry) -> bytes:
    """What stands for an entry and all those before it. Only who has the key can work it out."""
    fields = [entry.company_id, entry.number, _utc(entry.at), entry.event, _sorted(entry.actor), _sorted(entry.subject)]
    text = json.dumps(fields, separators=(",", ":"))
    return hmac.digest(key_of(entry.company_id), bytes(entry.previous) + text.encode(), "sha256")


def seal_of(company_id: int, number: int, end: bytes) -> bytes:
    """What proves that a trail once ended with this number and hash."""
    return hmac.digest(key_of(company_id), b"end" + number.to_bytes(8, "big") + end, "sha256")


def _utc(at: datetime) -> str:
    return at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds")


def _sorted(data: Mapping[str, object]) -> list[list[object]]:
    return [[name, data[name]] for name in sorted(data)]
