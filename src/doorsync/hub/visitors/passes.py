"""Visitors' passes: a card whose number nobody has, shown as a QR code. QR readers pass the number on as that of a card."""

from __future__ import annotations

import secrets

from doorsync.hub.companies import vault
from doorsync.hub.companies.models import Company
from doorsync.hub.users.credential_kinds import CARD
from doorsync.hub.users.queries import credential_claims, credential_lookup
from doorsync.hub.visitors.models import OPEN, Visit

PASS_KIND = CARD.name
FIRST, LAST = 1_000_000_000, 4_294_967_295  # ten digits that fit into the 32 bits of a common reader


def new_pass_number(company: Company) -> str:
    """A number that is nobody's card, and was not lost as one, of the company in scope."""
    while True:
        number = str(FIRST + secrets.randbelow(LAST - FIRST + 1))
        held, lost = credential_claims([pass_lookup(company, number)])
        if not held and not lost:
            return number


def pass_lookup(company: Company, number: str) -> bytes:
    """What finds the pass with this number, and tells nothing of it."""
    return credential_lookup(company, PASS_KIND, number)


def pass_number(visit: Visit) -> str:
    """The number of a visit that is not over; empty where it has no pass, or that was taken away. Raises CannotUnseal."""
    if visit.pass_lookup is None or visit.state not in OPEN:
        return ""
    row = visit.user.credentials.filter(kind=PASS_KIND, lookup=bytes(visit.pass_lookup)).first()
    return vault.unseal(visit.company, "credential", bytes(row.sealed), f"{visit.user_id}:{row.kind}") if row else ""
