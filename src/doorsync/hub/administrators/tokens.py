"""Sync tokens: finding, judging and spending them. The secret itself is never kept, only its SHA-256."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.db import models
from django.db.models import Q
from django_scopes import scopes_disabled

from doorsync.hub.administrators.models import Administrator, SyncToken
from doorsync.hub.companies.clock_skew import AHEAD, Signer, has_begun
from doorsync.hub.companies.models import Company

SHORTEST, LONGEST = 60, 600  # seconds
COMPATIBLE = 12 * 60 * 60  # seconds, for companies that chose compatible tokens
AT_ONCE = 5  # live tokens of one administrator
HANDLE_SECONDS = 60
KEPT = timedelta(days=30)  # after its end a token is still told apart from an unknown one, for the audit
_signer = Signer(salt="doorsync.sync-token-handle")


def token_digest(token: str) -> bytes:
    """What a token is found by. Any text has one, so a malformed token is simply an unknown one."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def make_token_handle(digest: bytes) -> str:
    """A signed stand-in for a token, good for a minute. It looks the same whether the token exists or not."""
    return _signer.sign(urlsafe_b64encode(digest).decode().rstrip("="))


def digest_in(handle: str) -> bytes:
    """The digest that a handle stands for; nothing when it is forged or too old."""
    try:
        return urlsafe_b64decode(_signer.unsign(handle, max_age=HANDLE_SECONDS) + "=")
    except (signing.BadSignature, ValueError):
        return b""


def delete_expired_tokens(now: datetime, most: int = 2_000) -> int:
    """Delete tokens that ended more than 30 days ago, the oldest first, and the sessions they opened. Returns how many."""
    with scopes_disabled():
        old = SyncToken.objects.filter(expires_at__lt=now - KEPT).order_by("expires_at").values_list("pk", flat=True)[:most]
        SyncToken.objects.filter(pk__in=list(old)).delete()
        return len(old)


def token_lifetime(company: Company) -> timedelta:
    """How long a token of this company lives."""
    seconds = COMPATIBLE if company.compatible_tokens else min(max(company.token_seconds, SHORTEST), LONGEST)
    return timedelta(seconds=seconds)


def can_sign_in(administrator: Administrator) -> bool:
    """Whether this administrator may open sync pages at all."""
    return administrator.active and administrator.may_sync and administrator.company.active


def find_token(digest: bytes) -> SyncToken | None:
    """The token of any company with this digest, with its administrator and company."""
    with scopes_disabled():
        return SyncToken.objects.select_related("company", "administrator__company").filter(digest=digest).first()


def invalid_reason(token: SyncToken | None, now: datetime) -> str:
    """Why the token cannot open a session now; empty when it can. "used" comes first, because it may mean theft."""
    if token is None:
        return "unknown"
    reusable = token.reusable and token.company.compatible_tokens
    if token.used_at and not reusable:
        return "used"
    stale = token.version != token.administrator.version or token.reusable != reusable
    if token.revoked_at or stale or not can_sign_in(token.administrator):
        return "revoked"
    if not has_begun(token.issued_at, now):
        return "clock"
    return "expired" if token.expires_at <= now else ""


def spend_token(token: SyncToken, now: datetime) -> bool:
    """Spend the token, in the caller's transaction. Of many callers at once exactly one gets True, unless it is reusable.

    The condition is on the token's own row only: with a join, PostgreSQL would judge a waiting caller by what the
    joined rows were before the winner's commit.
    """
    mine = SyncToken.objects.filter(pk=token.pk, revoked_at=None, expires_at__gt=now, issued_at__lte=now + AHEAD)
    return bool(mine.filter(Q(used_at=None) | Q(reusable=True)).update(used_at=now))


def revoke_tokens(administrator: Administrator, now: datetime) -> None:
    """Make all unused tokens of this administrator worthless, in the caller's transaction."""
    _unspent(administrator).update(revoked_at=now)


def _unspent(administrator: Administrator) -> models.QuerySet[SyncToken]:
    return SyncToken.objects.filter(administrator=administrator, revoked_at=None).filter(Q(used_at=None) | Q(reusable=True))
