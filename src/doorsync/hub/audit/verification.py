"""Whether a trail is whole: nothing in it was changed, put in or removed, and its end is where it was last written."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django_scopes import scope

from doorsync.hub.audit import trail, trail_keys
from doorsync.hub.audit.models import ChainHead, Entry

UNREADABLE = (
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
)  # of what was put in with another type
GONE = "The trail is gone: every company has one from its first moment on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many entries a trail has up to its first fault, the hash of the last of them, and the fault; empty when it is whole."""

    entries: int
    hash: bytes
    fault: str = ""


def verify_trail(company_id: int, *, begins: str = "company.created") -> Verdict:
    """Look at a company's whole trail. `begins`: what its first entry must say; empty for anything."""
    previous, whole = bytes(32), 0
    try:
        for entry in _entries(company_id):
            if not whole and not entry.event.startswith(begins):
                return Verdict(entries=0, hash=previous, fault=_("The beginning of the trail was removed."))
            if fault := _fault(entry, whole + 1, previous):
                return Verdict(entries=whole, hash=previous, fault=fault)
            previous, whole = bytes(entry.hash), whole + 1
    except UNREADABLE:
        return Verdict(
            entries=whole, hash=previous, fault=_("Entry %(n)s was changed: it cannot be read any more.") % {"n": whole + 1}
        )
    return Verdict(entries=whole, hash=previous, fault=_fault_of_end(company_id, whole, previous))


def verify_end(company_id: int) -> Verdict:
    """Look only whether the note of the trail's end is genuine, and its last entry there."""
    head = ChainHead.objects.filter(company_id=company_id).first()
    if head is None:
        return Verdict(entries=0, hash=b"", fault=GONE)
    try:
        end = hash_at(company_id, head.number)
    except UNREADABLE:
        end = b""
    return Verdict(entries=head.number, hash=end, fault=_fault_of_end(company_id, head.number, end))


def hash_at(company_id: int, number: int) -> bytes:
    """The hash of the entry with this number; nothing when there is none."""
    with scope(company=company_id):
        found = Entry.objects.filter(company_id=company_id, number=number).values_list("hash", flat=True).first()
    return bytes(found or b"")


def _entries(company_id: int) -> Iterator[Entry]:
    with scope(company=company_id):
        yield from Entry.objects.filter(company_id=company_id).order_by("number").iterator(chunk_size=2000)


def _fault(entry: Entry, number: int, previous: bytes) -> str:
    if entry.number != number:
        return _("Entry %(number)s was removed.") % {"number": number}
    if entry.key != trail_keys.name_of(entry.company_id):
        return _("Entry %(number)s was written with another master key than this hub has, or was put in.") % {"number": number}
    if bytes(entry.previous) != previous or not hmac.compare_digest(bytes(entry.hash), trail.hash_of(entry)):
        return _("Entry %(number)s was changed, or put in.") % {"number": number}
    return ""


def _fault_of_end(company_id: int, number: int, previous: bytes) -> str:
    head = ChainHead.objects.filter(company_id=company_id).first()
    if head is None or not number:
        return GONE
    if not _is_genuine(head):
        return _("The note of the trail's end was changed: it says %(number)s entries.") % {"number": head.number}
    if head.number > number:
        return _("Entries %(n)s to %(number)s were removed.") % {"n": number + 1, "number": head.number}
    if head.number < number or bytes(head.hash) != previous:
        return _("Entry %(n)s was put in behind the trail's end.") % {"n": head.number + 1}
    return ""


def _is_genuine(head: ChainHead) -> bool:
    """Whether the note of the end is as it was written."""
    try:
        return hmac.compare_digest(bytes(head.seal), trail.seal_of(head.company_id, head.number, bytes(head.hash)))
    except UNREADABLE:
        return False
