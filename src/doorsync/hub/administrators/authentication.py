"""Who is signed in on a request: by a sync session or by a full one, and which of them when there are several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_scopes import scope

from doorsync.hub.administrators import cookies, sessions
from doorsync.hub.administrators.demanded_factor import owes_factor
from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedIn:
    """An administrator at work. `public_id` names the session in forms and links; `proof` shows that a form is ours."""

    company: Company
    administrator: Administrator
    kind: Literal["user", "sync", "full"]
    public_id: str
    proof: str
    user_id: int | None = None  # the only user whose sync may be looked at, and
    location_id: int | None = None  # where it starts by itself
    sets_up: bool = False  # a second factor has to be set up before anything else

    @property
    def actor(self) -> Actor:
        """For the audit: every entry leads back to this session."""
        via = "sign-in" if self.kind == "full" else "token"
        return Actor(company_id=self.company.pk, administrator_id=self.administrator.pk, via=via, reference=self.public_id)

    @property
    def query(self) -> str:
        """What the links of its pages carry."""
        return session_query(self.public_id)


def session_query(public_id: str) -> str:
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


def signed_in_as(request: HttpRequest, wanted: str, *, full_first: bool = False) -> SignedIn | None:
    """Who is signed in under this public id; when it is empty: in the newest sync session, or else fully.

    `full_first` turns that round, for pages that a sync session cannot open.
    """
    ways = [_held_sync_session, _held_full_session]
    found = (way(request, wanted) for way in (reversed(ways) if full_first else ways))
    return next(filter(None, found), None)


def named_session(request: HttpRequest) -> str:
    """The public id that a page, form or fetch names; empty when it leaves the choice to us."""
    given = request.headers.get("X-Session") or request.GET.get("s")
    if not given and request.method == "POST" and "form" in (request.content_type or ""):
        given = request.POST.get("session")
    return given or ""


def sign_in_fully(
    request: HttpRequest, administrator: Administrator, *, by_passkey: bool = False, by_password: bool = True
) -> tuple[SignedIn, str]:
    """Open a full session, with the secret for its cookie; the one that this browser had ends, whosever it was.

    Who owes their company a second factor can do nothing in it but set one up. `by_password`: whether it needs one at all.
    """
    secret = cookies.fresh_secret()
    if former := sessions.held_fully(request.COOKIES):
        sessions.end_session(former[0], "replaced")
    with scope(company=administrator.company_id), transaction.atomic():
        session = sessions.open_full_session(
            administrator, secret, timezone.now(), by_passkey=by_passkey, sets_up=by_password and owes_factor(administrator)
        )
        trail.record("sign-in.ok", actor=sessions.actor_of(session), administrator=administrator.pk, session=session.pk)
    return _as(session, secret), secret


def sign_out(signed_in: SignedIn) -> None:
    """End the session that the form named; others in the same browser stay."""
    sessions.end_session(Session.objects.get(public_id=signed_in.public_id), "sign-out", signed_in.actor)


def _held_sync_session(request: HttpRequest, wanted: str) -> SignedIn | None:
    now = timezone.now()
    for session, secret in sessions.held_sessions(request.COOKIES):
        if wanted in ("", session.public_id) and _lives(session, now):
            return _as(session, secret)
    return None


def _held_full_session(request: HttpRequest, wanted: str) -> SignedIn | None:
    full = sessions.held_fully(request.COOKIES)
    if full and wanted in ("", full[0].public_id) and _lives(full[0], timezone.now()):
        return _as(*full)
    return None


def _lives(session: Session, now: datetime) -> bool:
    reason = sessions.lapse_reason(session, now)
    if not reason:
        sessions.note_seen(session, now)
    elif session.ended_at is None:
        sessions.end_session(session, reason)
    return not reason


def _as(session: Session, secret: str) -> SignedIn:
    token = session.token
    return SignedIn(
        company=session.company,
        administrator=session.administrator,
        kind=session.kind,
        public_id=session.public_id,
        proof=_proof(secret),
        user_id=token.user_id if token else None,
        location_id=token.location_id if token else None,
        sets_up=session.sets_up,
    )


def _proof(secret: str) -> str:
    return salted_hmac("doorsync.form-proof", secret, algorithm="sha256").hexdigest()
