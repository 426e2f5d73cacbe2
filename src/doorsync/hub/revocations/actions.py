"""Record revocations as receipts confirm them, and delete the old ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.revocations.models import Evidence, Revocation
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.erased_numbers import erased_among

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Somebody who is out of a terminal: their number and name, and since when they should be."""

    number: int
    name: str
    since: datetime | None
    statement: str = ""


def note_revocations(terminal: Terminal, removed: Iterable[Removed], evidence: Evidence, now: datetime) -> None:
    """Store who was read back as out of this terminal, those who are being erased without a name.

    In the transaction that moves their holdings.
    """
    removed = list(removed)
    erased = erased_among({each.number for each in removed})
    rows = [
        Revocation(
            company_id=terminal.company_id,
            user_number=each.number,
            name="" if each.number in erased else each.name,
            terminal=terminal,
            terminal_name=terminal.name,
            serial=terminal.serial,
            location_id=terminal.location_id,
            zone=terminal.location.time_zone,
            since=each.since,
            confirmed_at=now,
            evidence=evidence,
            statement=each.statement,
            signed_with=terminal.agent.keys if each.statement else {},
        )
        for each in removed
    ]
    Revocation.objects.bulk_create(rows, AT_ONCE)


def forget_in_revocations(user_number: int) -> None:
    """Forget how whoever had this number was called. In the company's scope."""
    Revocation.objects.filter(user_number=user_number).update(name="")


def expire_revocations(before: datetime, most: int, actor: Actor) -> int:
    """Delete those that were confirmed before this moment, so many at most, in the company's scope; returns how many."""
    old = Revocation.objects.filter(confirmed_at__lt=before).order_by("confirmed_at", "pk")
    some = list(old.values_list("pk", flat=True)[:most])
    if some:
        Revocation.objects.filter(pk__in=some).delete()
        trail.record("revocations.expired", actor=actor, count=len(some))
    return len(some)
