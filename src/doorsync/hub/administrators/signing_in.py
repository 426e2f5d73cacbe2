"""Who is signed in on a request: by a sync session or by the ordinary sign-in, and which of them when there are several."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_scopes import scopes_disabled

from doorsync.hub.administrators import sessions, tokens
from doorsync.hub.administrators.models import Administrator, SyncSession
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock import has_begun
from doorsync.hub.companies.models import Company


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedIn:
    """An administrator at work. `public_id` names the session in forms and links; `proof` shows that a form is ours."""

    company: Company
    administrator: Administrator
    kind: Literal["sync", "full"]
    public_id: str
    proof: str

    @property
    def actor(self) -> Actor:
        """For the audit: every entry leads back to this session."""
        via = "token" if self.kind == "sync" else "sign-in"
        return Actor(company_id=self.company.pk, administrator_id=self.administrator.pk, via=via, reference=self.public_id)

    @property
    def query(self) -> str:
        """What the links of its pages carry."""
        return query(self.public_id)


def query(public_id: str) -> str:
    """What links carry, so that each tab stays with its session."""
    return urlencode({"s": public_id})


class Request(HttpRequest):
    """A request after the middleware. A view may add to `connect_to` (addresses that its page may fetch from)."""

    signed_in: SignedIn | None
    connect_to: list[str]
    frame_origins: list[str]


class SignedInRequest(Request):
    """A request behind `needs_sign_in`."""

    signed_in: SignedIn


def who(request: HttpRequest, wanted: str) -> SignedIn | None:
    """Who is signed in under this public id; when it is empty: in the newest sync session, or else fully."""
    now = timezone.now()
    for session, secret in sessions.held(request.COOKIES):
        if wanted in ("", session.public_id) and _lives(session, now):
            return _by_token(session, secret)
    full = _full(request.session)
    return full if full and wanted in ("", full.public_id) else None


def named_session(request: HttpRequest) -> str:
    """The public id that a page, form or fetch names; empty when it leaves the choice to us."""
    given = request.headers.get("X-Session") or request.GET.get("s")
    if not given and request.method == "POST" and "form" in (request.content_type or ""):
        given = request.POST.get("session")
    return given or ""


def sign_in_fully(request: HttpRequest, administrator: Administrator) -> SignedIn:
    """Start the ordinary session, under a fresh id, whoever was signed in before."""
    request.session.flush()
    request.session["administrator"] = administrator.pk
    request.session["version"] = administrator.version
    request.session["opened_at"] = timezone.now().timestamp()
    request.session["public_id"] = secrets.token_urlsafe(16)
    request.session.cycle_key()
    request.session.clear_expired()  # other people's, that nobody ended
    signed_in = _full(request.session)
    if signed_in is None:
        raise RuntimeError("a session that was just made does not hold")
    trail.record("sign-in.ok", actor=signed_in.actor, administrator=administrator.pk)
    return signed_in


def sign_out(request: HttpRequest, signed_in: SignedIn) -> None:
    """End the session that the form named; others in the same browser stay."""
    if signed_in.kind == "full":
        request.session.flush()
        trail.record("session.ended", actor=signed_in.actor, reason="sign-out")
        return
    sessions.end(SyncSession.objects.get(public_id=signed_in.public_id), "sign-out", signed_in.actor)


def _lives(session: SyncSession, now: datetime) -> bool:
    reason = sessions.lapse(session, now)
    if not reason:
        sessions.seen(session, now)
    elif session.ended_at is None:
        sessions.end(session, reason)
    return not reason


def _by_token(session: SyncSession, secret: str) -> SignedIn:
    return SignedIn(
        company=session.company,
        administrator=session.administrator,
        kind="sync",
        public_id=session.public_id,
        proof=_proof(secret),
    )


def _full(session: SessionBase) -> SignedIn | None:
    key = session.get("administrator")
    if key is None or not session.session_key or not _is_fresh(session):
        return None
    with scopes_disabled():
        administrator = Administrator.objects.select_related("company").filter(pk=key, version=session["version"]).first()
    if administrator is None or not tokens.may_enter(administrator):
        return None
    return SignedIn(
        company=administrator.company,
        administrator=administrator,
        kind="full",
        public_id=session["public_id"],
        proof=_proof(session.session_key),
    )


def _is_fresh(session: SessionBase) -> bool:
    """Django's own sessions end at a moment, and would outlive a clock that is put back."""
    opened, now = datetime.fromtimestamp(session.get("opened_at", 0), UTC), timezone.now()
    return has_begun(opened, now) and now - opened < timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _proof(secret: str) -> str:
    return salted_hmac("doorsync.form-proof", secret, algorithm="sha256").hexdigest()
