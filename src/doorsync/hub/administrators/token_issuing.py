"""Issue sync tokens. Those that are asked for at the same moment are written, with their audit, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.group_commit import GroupCommit
from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.administrators.token_writes import insert_tokens
from doorsync.hub.administrators.tokens import AT_ONCE, can_sign_in, token_digest, token_lifetime
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

    def token(self, now: datetime) -> SyncToken:
        """The row for it, as the company is set."""
        company = self.administrator.company
        return SyncToken(
            company=company,
            administrator=self.administrator,
            digest=token_digest(self.secret),
            reusable=company.compatible_tokens,
            version=self.administrator.version,
            issued_at=now,
            expires_at=now + token_lifetime(company),
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


def write_tokens(wishes: Sequence[Wish]) -> None:
    """Write all of these, in one transaction. A wish on rights that changed meanwhile stays unwritten."""
    now = timezone.now()
    tokens = [wish.token(now) for wish in wishes]
    with scopes_disabled(), transaction.atomic():
        written = insert_tokens(tokens, now, beside=AT_ONCE - 1)
        done = sorted(written, key=lambda place: (tokens[place].company_id, place))
        for _, places in groupby(done, key=lambda place: tokens[place].company_id):
            _note([(wishes[place], tokens[place], *written[place]) for place in places])
    for place in done:
        wishes[place].written = True


def _note(issued: Sequence[tuple[Wish, SyncToken, int, Head | None]]) -> None:
    """Note these tokens of one company in its audit."""
    happened = [
        Happened(
            "token.issued",
            wish.actor,
            {"administrator": token.administrator_id, "token": number, "reusable": int(token.reusable)},
        )
        for wish, token, number, _ in issued
    ]
    trail.append(happened, head=issued[0][-1])


COMMIT = GroupCommit(write_tokens)
