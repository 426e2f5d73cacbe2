"""Write to the trail. Each entry is chained to the one before under a key that is not in the database; see `verification`."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from doorsync.hub.audit import counters
from doorsync.hub.audit.chain import Head, NewEntry, append_entries, locked_head
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail_keys import key_of, name_of

SHORT = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: an administrator by way of a token, a sign-in or the command line; an agent; or the hub itself.

    `reference` is the id of the sync session, sign-in or agent, so that every entry leads back to it.
    """

    company_id: int
    administrator_id: int | None = None
    via: str = "hub"
    reference: str = ""

    @property
    def fields(self) -> dict[str, int | str | None]:
        """As an entry keeps it."""
        return {
            "company_id": self.company_id,
            "administrator_id": self.administrator_id,
            "via": self.via,
            "reference": self.reference,
        }


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
        entries, key = [], name_of(company_id)
        for each in happened:
            entries.append(_after(head, each, key))
            head = Head(entries[-1].number, entries[-1].hash)
        append_entries(entries, seal_of(company_id, head.number, head.hash))


def _after(head: Head, happened: Happened, key: str) -> NewEntry:
    company_id, number, at = happened.actor.company_id, head.number + 1, timezone.now()
    actor, subject = happened.actor.fields, dict(happened.subject)
    return NewEntry(
        company_id=company_id,
        number=number,
        at=at,
        event=happened.event,
        actor=actor,
        subject=subject,
        previous=head.hash,
        hash=_hash(head.hash, company_id, number, at, happened.event, actor, subject),
        key=key,
    )


def hash_of(entry: Entry) -> bytes:
    """What stands for an entry and all those before it. Only who has the key can work it out."""
    return _hash(bytes(entry.previous), entry.company_id, entry.number, entry.at, entry.event, entry.actor, entry.subject)


def _hash(
    previous: bytes,
    company_id: int,
    number: int,
    at: datetime,
    event: str,
    actor: Mapping[str, object],
    subject: Mapping[str, object],
) -> bytes:
    text = SHORT.encode([company_id, number, _utc(at), event, _sorted(actor), _sorted(subject)])
    return hmac.digest(key_of(company_id), previous + text.encode(), "sha256")


def seal_of(company_id: int, number: int, end: bytes) -> bytes:
    """What proves that a trail once ended with this number and hash."""
    return hmac.digest(key_of(company_id), b"end" + number.to_bytes(8, "big") + end, "sha256")


def _utc(at: datetime) -> str:
    return at.astimezone(timezone.get_default_timezone()).isoformat(timespec="microseconds")


def _sorted(data: Mapping[str, object]) -> list[list[object]]:
    return [[name, data[name]] for name in sorted(data)]
