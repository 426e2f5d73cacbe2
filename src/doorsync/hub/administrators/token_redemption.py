"""Decide, on the landing page's POST, whether the token of a sign-in link opens a session.

A GET only reads (`preview`); `redeem` is the only place that spends a token. A used token leads the browser that holds its
session back to it. Any other browser may belong to a thief, or to a victim who comes after one, so that session ends.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import cookies, sessions, tokens
from doorsync.hub.administrators.models import Session, SyncToken
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.settings import key_files

AUDITED_REFUSALS = 20  # of one token, so that repeated tries do not fill the trail
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """The session that was opened or found again, and the secret for its cookie; neither if the token was refused."""

    session: Session | None = None
    secret: str = ""


def preview(digest: bytes, browser: Mapping[str, str]) -> Company | None:
    """The company that this token would sign this browser in to; None if it would be refused. Changes nothing."""
    token, now = tokens.find_token(digest), timezone.now()
    if token is None:
        return None
    open_to = not tokens.invalid_reason(token, now) or _own_session(token, browser, now).session
    return token.company if open_to else None


def redeem(digest: bytes, browser: Mapping[str, str]) -> Arrival:
    """Spend the token and open a session, or return the one it opened in this browser, or refuse."""
    token, now = tokens.find_token(digest), timezone.now()
    if token is None:
        log.info("token.refused", reason="unknown")
        return Arrival()
    with scope(company=token.company), transaction.atomic():
        own = _own_session(token, browser, now)
        if own.session:
            return own
        reason = tokens.invalid_reason(token, now)
        if not reason and tokens.spend_token(token, now):
            return _opened(token, browser, now)
        # Somebody was faster: perhaps this very browser, which loaded the link twice at once.
        own = _own_session(token, browser, now)
        if not own.session:
            _refuse(token, reason or "used")
        return own


def _own_session(token: SyncToken, browser: Mapping[str, str], now: datetime) -> Arrival:
    """The living session that this token opened, if this browser holds it, or was about to get its cookie."""
    secrets_held = {secret for _, secret in cookies.sync_secrets(browser)} | {_promised(token, browser)} - {""}
    with scope(company=token.company_id):
        rows = Session.objects.select_related("administrator__company", "token").filter(token=token, ended_at=None)
        for session in rows.order_by("-pk"):
            for secret in secrets_held:
                if sessions.hash_secret(secret) == bytes(session.digest) and not sessions.lapse_reason(session, now):
                    return Arrival(session, secret)
    return Arrival()


def _opened(token: SyncToken, browser: Mapping[str, str], now: datetime) -> Arrival:
    promised = _promised(token, browser)
    if not promised or Session.objects.filter(digest=sessions.hash_secret(promised)).exists():
        promised = cookies.fresh_secret()
    session = sessions.open_session(token, promised, now)
    trail.record("token.spent", actor=_bearer(token), token=token.pk)
    trail.record("session.opened", actor=sessions.actor_of(session), session=session.pk, token=token.pk)
    return Arrival(session, promised)


def _promised(token: SyncToken, browser: Mapping[str, str]) -> str:
    """The secret that a session of this token gets in this browser: the same each time, should an answer get lost."""
    landing = cookies.landing_secret(browser)
    if not landing:
        return ""
    mixed = b"sync-session\0" + landing.encode() + bytes(token.digest)
    return urlsafe_b64encode(hmac.digest(key_files.secret("secret"), mixed, sha256)).decode().rstrip("=")


def _refuse(token: SyncToken, reason: str) -> None:
    """Refuse in one order of locks: the token's row (a lost race left it locked already), its sessions, the trail."""
    event = "token.replayed" if reason == "used" else "token.refused"
    log.info(event, reason=reason, company=token.company_id, row=token.pk)
    few = SyncToken.objects.filter(pk=token.pk, refusals__lt=AUDITED_REFUSALS).update(refusals=F("refusals") + 1)
    if reason == "used":
        sessions.end_of_token(token, "replayed")
    if few:
        trail.record(event, actor=_bearer(token), token=token.pk, reason=reason)


def _bearer(token: SyncToken) -> Actor:
    return Actor(company_id=token.company_id, administrator_id=token.administrator_id, via="token")
