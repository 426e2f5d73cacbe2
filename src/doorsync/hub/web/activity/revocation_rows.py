"""Revocations as pages and the file show them: who is out of which door, and which door still has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from doorsync.domain.record import Kind
from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Company
from doorsync.hub.revocations.models import Revocation
from doorsync.hub.revocations.queries import visible_revocations
from doorsync.hub.settings.config import config
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.any_case import any_case
from doorsync.hub.web.activity.event_choice import DIGITS, SIZE, EventChoice
from doorsync.messages.revocation_file import TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRow:
    """One revocation, and the time zone in which its moment is shown."""

    revocation: Revocation
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDoor:
    """A door that still has somebody who should be out, or of which nobody knows."""

    terminal: Terminal
    is_unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRevocations:
    """Everything about one number: where it is out, newest first, where it waits, and where it may be again."""

    number: int
    name: str
    rows: list[RevocationRow]
    waiting: list[WaitingDoor]
    present: list[Terminal] = field(default_factory=list)


def revocation_page(administrator: Administrator, choice: EventChoice) -> tuple[list[RevocationRow], bool]:
    """The rows of the page that is asked for, and whether there are more. Each word is a part of the name, or the number."""
    found = visible_revocations(administrator)
    for word in normalized_text(choice.text).split():
        number = Q(user_number=int(word)) if word.isascii() and word.isdigit() and len(word) < DIGITS else Q()
        found = found.filter(any_case("name__icontains", word) | number)
    start = (choice.page - 1) * SIZE
    some = list(found[start : start + SIZE + 1])
    return _rows(some[:SIZE]), len(some) > SIZE


def person_revocations(administrator: Administrator, number: int) -> PersonRevocations | None:
    """What is known of a number; None where nothing was taken from it, and nothing waits."""
    rows = _rows(visible_revocations(administrator).filter(user_number=number))
    terminals = {terminal.pk: terminal for terminal in visible_terminals(administrator)}
    holdings = Holding.objects.filter(kind=Kind.USER, key=str(number), terminal_id__in=terminals, held__isnull=False)
    waiting = [each for each in holdings if each.wanted is None]
    if not rows and not waiting:
        return None
    return PersonRevocations(
        number=number,
        name=next(filter(None, [*(each.label for each in waiting), *(row.revocation.name for row in rows)]), ""),
        rows=rows,
        waiting=[WaitingDoor(terminal=terminals[each.terminal_id], is_unknown=not each.held) for each in waiting],
        present=[terminals[each.terminal_id] for each in holdings if each.wanted is not None],
    )


def receipt_file(company: Company, found: PersonRevocations) -> dict[str, Any]:
    """The revocation receipt as JSON: see docs/reference/revocation-receipts.md."""
    return {
        "type": TYPE,
        "version": 1,
        "company": company.slug,
        "hub": config().origin,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "person": {"number": found.number, "name": found.name},
        "doors": [_door(row.revocation) for row in found.rows],
        "waiting": [each.terminal.name for each in found.waiting],
        "present": [each.name for each in found.present],
    }


def _door(row: Revocation) -> dict[str, Any]:
    return {
        "door": row.terminal_name,
        "serial": row.serial,
        "should_be_out_since": row.since and row.since.isoformat(timespec="seconds"),
        "confirmed_at": row.confirmed_at.isoformat(timespec="seconds"),
        "evidence": row.evidence,
        "statement": row.statement,
        "signed_with": row.signed_with,
    }


def _rows(found: Iterable[Revocation]) -> list[RevocationRow]:
    return [RevocationRow(revocation=each, zone=ZoneInfo(each.zone)) for each in found]
