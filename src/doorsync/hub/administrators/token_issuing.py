"""Issue sync tokens. Those that are asked for at the same moment are written, with their audit, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.group_commit import GroupCommit
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.token_writes import NewToken, insert_tokens
from doorsync.hub.administrators.tokens import AT_ONCE, can_sign_in, token_digest
from doorsync.hub.audit import trail
from doorsync.hub.audit.chain import Head, locked_head
from doorsync.hub.audit.trail import Actor, Happened


@dataclass(slots=True, kw_only=True, eq=False)
class Wish:
    """A token that somebody waits for. `written`: it is in the database."""

    administrator: Administrator
    actor: Actor
    user_id: int | None = None
    location_id: int | None = None
    secret: str = field(default_factory=lambda: secrets.token_hex(64), repr=False)
    written: bool = False

    @property
    def token(self) -> NewToken:
        """What is kept of it."""
        return NewToken(
            administrator=self.administrator,
            digest=token_digest(self.secret),
            user_id=self.user_id,
            location_id=self.location_id,
        )


def issue_token(administrator: Administrator, actor: Actor, *, user_id: int | None = None, location_id: int | None = None) -> str:
    """A fresh token for this administrator: 128 lowercase hexadecimal characters. Raises NoSuchAdministrator."""
    wish = Wish(administrator=administrator, actor=actor, user_id=user_id, location_id=location_id)
    _write_soon(wish)
    if not wish.written:  # something changed since the administrator was read, or this is the first entry of the trail
        wish.administrator = _read_again(administrator)
        _write_soon(wish)
    if not wish.written:
        raise NoSuchAdministrator
    return wish.secret


def _write_soon(wish: Wish) -> None:
    """In a transaction of the caller's, at once; else together with whoever else asks now."""
    if connection.in_atomic_block:
        write_tokens([wish])
    else:
        COMMIT.run(wish)


def _read_again(administrator: Administrator) -> Administrator:
    with scope(company=administrator.company_id), transaction.atomic():
        locked_head(administrator.company_id)
        fresh = Administrator.objects.select_related("company").get(pk=administrator.pk)
    if not can_sign_in(fresh) or fresh.version != administrator.version:
        raise NoSuchAdministrator
    return fresh


def write_tokens(wishes: Sequence[Wish], *, patient: bool = True) -> None:
    """Write all of these, in one transaction. A wish on rights that changed meanwhile stays unwritten.

    If not patient, so does one for which somebody else has rows locked, and one that would be the first entry of a trail.
    """

    def company(place: int) -> int:
        return wishes[place].administrator.company_id

    with scopes_disabled(), transaction.atomic():
        written = insert_tokens([wish.token for wish in wishes], timezone.now(), at_once=AT_ONCE, patient=patient)
        for _, places in groupby(sorted(written, key=company), key=company):
            _note([(wishes[place], *written[place]) for place in places])
    for place in written:
        wishes[place].written = True


def _note(issued: Sequence[tuple[Wish, int, Head | None]]) -> None:
    """Note these tokens of one company in its audit."""
    reusable = int(issued[0][0].administrator.company.compatible_tokens)
    happened = [
        Happened("token.issued", wish.actor, {"administrator": wish.administrator.pk, "token": number, "reusable": reusable})
        for wish, number, _ in issued
    ]
    trail.append(happened, head=issued[0][-1])


COMMIT = GroupCommit(write_tokens)
