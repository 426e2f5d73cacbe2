"""Sessions: the narrow ones that tokens open, of which a browser may hold a few, and the full one of a password.

Each has a cookie of its own, of whose secret only the hash is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators import cookies, tokens
from doorsync.hub.administrators.models import Administrator, Session, SyncToken
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import has_begun

IDLE = timedelta(minutes=15)
LONGEST = timedelta(minutes=60)
FULL_LONGEST = timedelta(hours=12)  # of a full sign-in, idle or not
JUST_OPENED = timedelta(minutes=1)
SEEN_EVERY = timedelta(seconds=30)  # so that not each request writes
IN_ONE_BROWSER = 3


def open_session(token: SyncToken, secret: str, now: datetime) -> Session:
    """Open a sync session with a spent token, in the caller's transaction."""
    return _open(token.administrator, token, token.version, secret, now)


def open_full_session(administrator: Administrator, secret: str, now: datetime, **how: bool) -> Session:
    """Open a full session for who just gave their password or passkey, in the caller's scope and transaction.

    `how` are its flags: `by_passkey` and `sets_up`.
    """
    Session.objects.filter(administrator=administrator, token=None, opened_at__lt=now - tokens.KEPT).delete()
    return _open(administrator, None, administrator.version, secret, now, **how)


def actor_of(session: Session) -> Actor:
    """Who acts in this session."""
    return Actor(
        company_id=session.company_id,
        administrator_id=session.administrator_id,
        via="sign-in" if session.kind == "full" else "token",
        reference=session.public_id,
    )


def hash_secret(secret: str) -> bytes:
    """What a session is found by."""
    return sha256(secret.encode()).digest()


def held_sessions(browser: Mapping[str, str]) -> list[tuple[Session, str]]:
    """The sync sessions whose cookies this browser holds, dead ones too, newest first, each with its secret."""
    secrets_by_id = dict(cookies.sync_secrets(browser))
    if not secrets_by_id:
        return []
    with scopes_disabled():
        rows = Session.objects.select_related("company", "administrator__company", "token").filter(
            token__isnull=False, digest__in=[hash_secret(secret) for secret in secrets_by_id.values()]
        )
        found = [row for row in rows if hash_secret(secrets_by_id.get(row.public_id, "")) == bytes(row.digest)]
    return [(row, secrets_by_id[row.public_id]) for row in sorted(found, key=lambda row: (row.opened_at, row.pk), reverse=True)]


def held_fully(browser: Mapping[str, str]) -> tuple[Session, str] | None:
    """The full session whose cookie this browser holds, a dead one too, with its secret."""
    secret = cookies.full_secret(browser)
    if not secret:
        return None
    with scopes_disabled():
        rows = Session.objects.select_related("company", "administrator__company")
        found = rows.filter(token=None, digest=hash_secret(secret)).first()
    return (found, secret) if found else None


def frame_origins(public_id: str) -> list[str]:
    """Whose pages may frame those of this sync session, living or dead; none when there is no such session."""
    with scopes_disabled():
        found = (
            Session.objects.select_related("company").filter(token__isnull=False, public_id=public_id).first()
            if "\0" not in public_id
            else None
        )
    return found.company.frame_origins if found else []


def is_full(public_id: str) -> bool:
    """Whether this is, or was, a full session, of whomever."""
    with scopes_disabled():
        return "\0" not in public_id and Session.objects.filter(token=None, public_id=public_id).exists()


def has_just_opened(public_id: str, now: datetime) -> bool:
    """Whether this session lives and is so new that a browser without its cookie was not given it, or does not send it."""
    with scopes_disabled():
        rows = Session.objects.select_related("administrator__company", "token").filter(public_id=public_id)
        session = rows.first() if "\0" not in public_id else None
    return session is not None and now - session.opened_at < JUST_OPENED and not lapse_reason(session, now)


def lapse_reason(session: Session, now: datetime) -> str:
    """Why the session no longer holds; empty while it does."""
    administrator = session.administrator
    if session.ended_at:
        return session.end_reason
    if session.version != administrator.version or not tokens.can_sign_in(administrator):
        return "rights"
    if not has_begun(session.opened_at, now) or not has_begun(session.seen_at, now):
        return "clock"
    if now - session.opened_at >= (FULL_LONGEST if session.kind == "full" else LONGEST):
        return "over"
    return "idle" if session.kind != "full" and now - session.seen_at >= IDLE else ""


def note_seen(session: Session, now: datetime) -> None:
    """Note that somebody is there."""
    if now - session.seen_at >= SEEN_EVERY:
        with scope(company=session.company_id):
            Session.objects.filter(pk=session.pk, seen_at__lt=now).update(seen_at=now)


def too_many(browser: Mapping[str, str], *, keep: str) -> list[str]:
    """Public ids whose cookies a browser should drop: dead ones, and all but the newest few, which then end."""
    now, living, dropped = timezone.now(), 1, []
    for session, _secret in held_sessions(browser):
        if session.public_id == keep:
            continue
        alive = not lapse_reason(session, now)
        if alive and living < IN_ONE_BROWSER:
            living += 1
            continue
        dropped.append(session.public_id)
        if alive:
            end_session(session, "replaced")
    return dropped


def end_session(session: Session, reason: str, actor: Actor | None = None) -> None:
    """End a session, once."""
    with scope(company=session.company_id):
        _end_each([session], reason, actor)


def end_all(administrator: Administrator, reason: str, actor: Actor) -> None:
    """End all sessions of an administrator, in the caller's scope."""
    _end_each(Session.objects.filter(administrator=administrator, ended_at=None).order_by("pk"), reason, actor)


def end_of_token(token: SyncToken, reason: str) -> None:
    """End whatever a token opened, in the caller's scope."""
    _end_each(Session.objects.filter(token=token, ended_at=None).order_by("pk"), reason, None)


def _end_each(sessions: Iterable[Session], reason: str, actor: Actor | None) -> None:
    """All rows first, then the trail: whoever holds the trail must wait for nobody."""
    with transaction.atomic():
        ended = [session for session in sessions if _end(session, reason)]
        for session in ended:
            trail.record("session.ended", actor=actor or actor_of(session), session=session.pk, reason=reason)


def _end(session: Session, reason: str) -> bool:
    mine = Session.objects.filter(pk=session.pk, ended_at=None)
    return bool(mine.update(ended_at=timezone.now(), end_reason=reason))


def _open(
    administrator: Administrator, token: SyncToken | None, version: int, secret: str, now: datetime, **how: bool
) -> Session:
    return Session.objects.create(
        company=administrator.company,
        administrator=administrator,
        token=token,
        public_id=secrets.token_urlsafe(16),
        digest=hash_secret(secret),
        version=version,
        opened_at=now,
        seen_at=now,
        **how,
    )
