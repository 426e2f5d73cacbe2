"""What stands before a view: who may open it, and that a form is really ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from doorsync.hub.administrators import cookies, proxy_faults, sessions
from doorsync.hub.administrators.authentication import Request, SignedIn, SignedInRequest, named_session, signed_in_as
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, may
from doorsync.hub.settings.config import config
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.unsaved_fields import is_filled_in

P = ParamSpec("P")
Plain = TypeVar("Plain", bound=Callable[..., Any])
View = Callable[Concatenate[SignedInRequest, P], Any]
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Needs:
    """The permission that a view needs to be read, and the one to post to it."""

    reads: Permission
    writes: Permission

    def granted(self, administrator: Administrator, method: str | None) -> bool:
        """Whether this administrator has it."""
        return may(administrator, self.reads if method in SAFE else self.writes)


def needs_sign_in(view: View[P]) -> View[P]:
    """Open to a sync session and to the ordinary sign-in; a POST must also prove where it comes from, and the level allow it."""
    return _guarded(view, {"sync", "full"}, Needs(Permission.VIEW, Permission.SYNC))


def needs_any_sign_in(view: View[P]) -> View[P]:
    """The same for forms that change nothing: every level may send them."""
    return _guarded(view, {"sync", "full"}, Needs(Permission.VIEW, Permission.VIEW))


def needs_user_sync(view: View[P]) -> View[P]:
    """As `needs_sign_in`, and open to a session for one user too: the view shows that session nothing of others."""
    return _guarded(view, {"user", "sync", "full"}, Needs(Permission.VIEW, Permission.SYNC))


def needs_session(view: View[P]) -> View[P]:
    """Open to every session and level: for what concerns nothing but the session itself."""
    return _guarded(view, {"user", "sync", "full"}, Needs(Permission.VIEW, Permission.VIEW))


def needs_full_sign_in(view: View[P]) -> View[P]:
    """Open to the ordinary sign-in only; a sync session finds nothing here. Every level may read, and who edits people post.

    Where a browser holds both kinds and the address names none, the middleware takes the full one: so these pages can be
    linked and bookmarked without the id of a session.
    """
    return _full_only(view, Needs(Permission.VIEW, Permission.PEOPLE))


def needs_permission(permission: Permission, *, reads: Permission | None = None) -> Callable[[View[P]], View[P]]:
    """As `needs_full_sign_in`, for levels that have this permission; `reads`: what is enough to look."""

    def decorate(view: View[P]) -> View[P]:
        return _full_only(view, Needs(reads or permission, permission))

    return decorate


def during_set_up(view: Plain) -> Plain:
    """Below the decorators above: also open to whoever has to set up a second factor before anything else."""
    view.during_set_up = True  # type: ignore[attr-defined]  # read by the gate
    return view


def _full_only(view: View[P], needs: Needs) -> View[P]:
    guarded = _guarded(view, {"full"}, needs)
    guarded.full_only = True  # type: ignore[attr-defined]  # read by the middleware
    return guarded


def same_origin(request: HttpRequest) -> bool:
    """Whether a page of this very hub sent the request. Browsers say so on every POST, and no page can change what they say.

    Where a proxy adds `Referrer-Policy: no-referrer`, browsers hide the Origin ("null"); newer ones still say in
    Sec-Fetch-Site whether page and hub are one. A page of another site, sandboxed or not, never is.
    """
    origin = request.headers.get("Origin", "")
    if origin in ("", "null"):
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    scheme = urlsplit(config().origin).scheme
    return origin in (config().origin, f"{scheme}://{request.get_host()}")  # get_host lets only allowed hosts through


def _guarded(view: View[P], kinds: set[str], needs: Needs) -> View[P]:
    if iscoroutinefunction(view):

        @wraps(view)
        async def waiting(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            refusal = await sync_to_async(_refusal_of)(view, request, kinds, needs)
            answer: HttpResponseBase = refusal or await view(request, *args, **kwargs)
            return answer

        return cast("View[P]", waiting)

    @wraps(view)
    def plain(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        answer: HttpResponseBase = _refusal_of(view, request, kinds, needs) or view(request, *args, **kwargs)
        return answer

    return cast("View[P]", plain)


def _refusal_of(view: View[P], request: Request, kinds: set[str], needs: Needs) -> HttpResponse | None:
    """The same for a view; whoever has to set up a second factor is led there."""
    refusal = _refusal(request, kinds, needs)
    signed_in = request.signed_in
    if refusal is None and signed_in and signed_in.sets_up and not getattr(view, "during_set_up", False):
        return answers.SeeOther(reverse("account:set-up-factor"))
    return refusal


def _refusal(request: Request, kinds: set[str], needs: Needs) -> HttpResponse | None:
    """Why the request goes no further; None when it may."""
    signed_in = request.signed_in
    if request.method not in SAFE and not same_origin(request):
        return answers.foreign_form(request)
    if signed_in is None:
        return _nobody(request, full_only=kinds == {"full"})
    if signed_in.kind not in kinds:
        return answers.nothing_here(request)
    if not needs.granted(signed_in.administrator, request.method):
        return answers.not_allowed(request)
    return None if request.method in SAFE else _unproved(request, signed_in)


def _nobody(request: Request, *, full_only: bool) -> HttpResponse:
    named = named_session(request)
    own = signed_in_as(request, wanted="", full_first=True) if named else None
    if own and request.method not in SAFE:
        return answers.other_session(request)
    if own and own.kind != "full":  # pages of another link are not what was wanted
        own = None
    if own and sessions.is_full(named) and not answers.by_script(request):  # a colleague's address, or one kept from before
        return answers.SeeOther(answers.address_without_session(request))
    if named or any(cookies.sync_secrets(request.COOKIES)) or answers.by_script(request):
        return answers.session_ended(request, _how_it_ended(request, "" if own else named), own)
    if is_filled_in(request):  # what was typed would be lost on the way to the sign-in
        return answers.session_ended(request)
    back = urlencode({"next": request.get_full_path()}) if full_only and request.method in SAFE else ""
    return answers.SeeOther(f"/sign-in/?{back}" if back else "/sign-in/")


def _how_it_ended(request: Request, named: str) -> str:
    """Why the session that was named, or else the newest that this browser held, is over. Whoever framed it may show that."""
    found = [session for session, _secret in sessions.held_sessions(request.COOKIES)]
    meant = next((each for each in found if each.public_id == named), found[0] if found else None)
    if meant is None:
        return _lost_cookie(named)
    request.frame_origins = meant.company.frame_origins
    return sessions.lapse_reason(meant, timezone.now())


def _lost_cookie(named: str) -> str:
    if not sessions.has_just_opened(named, timezone.now()):
        return ""
    proxy_faults.lost_cookie()
    return "no-cookie"


def _unproved(request: Request, signed_in: SignedIn) -> HttpResponse | None:
    named = request.headers.get("X-Session") or request.POST.get("session", "")
    if named != signed_in.public_id:
        return answers.other_session(request)
    proof = request.headers.get("X-Proof") or request.POST.get("proof", "")
    return None if constant_time_compare(proof, signed_in.proof) else answers.foreign_form(request)
