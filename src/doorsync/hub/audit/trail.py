"""Write to the trail. Each entry is chained to the one before under a key that is not in the database; see `verification`."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

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


class Happened(NamedTuple):
    """What an entry says. `subject` holds ids and codes, never names, numbers of cards or texts."""

    event: str
    actor: Actor
    subject: Mapping[str, str | int | None]


def record(event: str, *, actor: Actor, **subject: str | int | None) -> None:
    """Add an entry, in the caller's transaction. `subject` holds ids and codes, never names, numbers of cards or texts."""
    record_all(event, [subject], actor=actor)


def record_all(event: str, subjects: Iterable[Mapping[str, str | int | None]], *, actor: Actor) -> None:
    """Add an entry for each of these, as `record` does, with a few statements however many they are."""
    append([Happened(event, actor, subject) for subject in subjects])


def append(happened: Sequence[Happened], *, head: Head | None = None) -> None:
    """Add an entry for each of these, which are all of one company, in the caller's transaction.

    `head`: the end of the chain, where that transaction has locked it already.
    """
    if not happened:
        return
    company_id = happened[0].actor.company_id
    for event, times in Counter(each.event for each in happened).items():
        counters.count_event(event, times)
    with transaction.atomic(savepoint=False):
        head = head or locked_head(company_id)
        entries = []
        for each in happened:
            entries.append(_after(head, each))
            head = Head(entries[-1].number, bytes(entries[-1].hash))
        append_entries(entries, seal_of(company_id, head.number, head.hash))


def _after(head: Head, happened: Happened) -> Entry:
    company_id = happened.actor.company_id
    entry = Entry(
        company_id=company_id,
        number=head.number + 1,
        at=timezone.now(),
        event=happened.event,
        actor=asdict(happened.actor),
        subject=dict(happened.subject),
        previous=head.hash,
        key=name_of(company_id),
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
