"""Tokens for programs whose password was verified a moment ago: several of them in a few statements.

What is decided here is decided as in `actions.authenticate`. Whoever needs more than that (a hash, a note of their source, a
refusal) gets no answer here: the caller then asks `authenticate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from doorsync.hub.administrators.actions import remembered
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.normalization import normalize_name
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.administrators.sign_in_lookup import Lookup, SignIn, look_up_all
from doorsync.hub.administrators.token_issuing import Wish, write_tokens
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.queries import companies_by_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCall:
    """What a program says of itself, and where it calls from."""

    code: str = field(repr=False)
    username: str
    password: str = field(repr=False)
    address: str


def tokens_for_remembered(calls: Sequence[TokenCall], *, via: str) -> list[str | None]:
    """A fresh token for each of these calls; None for a call that has to be looked at alone.

    Everything is read after all the calls came in, and no row is waited for that somebody else has locked.
    """
    wishes = _wishes(calls, via)
    wanted = [wish for wish in wishes if wish]
    if wanted:
        write_tokens(wanted, patient=False)
    return [wish.secret if wish and wish.written else None for wish in wishes]


def _wishes(calls: Sequence[TokenCall], via: str) -> list[Wish | None]:
    companies = companies_by_codes({each.code for each in calls})
    asked = [
        SignIn(companies[each.code], normalize_name(each.username), each.address)
        if each.username and each.password and each.code in companies
        else None
        for each in calls
    ]
    seen = look_up_all(list({each for each in asked if each})) if any(asked) else {}
    judged: dict[TokenCall, tuple[Administrator, Actor] | None] = {}
    for call, who in zip(calls, asked, strict=True):
        if call not in judged:
            judged[call] = _judged(seen[who], call.password, via) if who else None
    ready = [judged[call] for call in calls]
    return [Wish(administrator=each[0], actor=each[1]) if each else None for each in ready]


def _judged(seen: Lookup, password: str, via: str) -> tuple[Administrator, Actor] | None:
    """Who may have a token now, without another look."""
    found = remembered(seen, password) if seen.noted else None
    if found is None or not may(found, Permission.SYNC):
        return None
    return found, Actor(company_id=found.company_id, administrator_id=found.pk, via=via)
