"""Answers that several views give: a redirect after a form, and calm pages for what is not possible."""

from __future__ import annotations

from math import ceil

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from doorsync.hub.administrators import authentication, cookies, proxy_faults, sessions
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.relying_party import passkey_origin
from doorsync.hub.providers.queries import anybody_has_provider
from doorsync.hub.settings.config import config
from doorsync.hub.web.sign_in.unsaved_fields import is_filled_in, unsaved_fields

SYNC_PAGE, ONE_USER_PAGE = "/sync/", "/sync/user/"


class SeeOther(HttpResponseRedirect):
    """Go on there, with GET."""

    status_code = 303


def first_page(kind: str, public_id: str) -> str:
    """Where a sign-in leads: to the sync page, or to the page of the one user whom it is for."""
    return f"{ONE_USER_PAGE if kind == 'user' else SYNC_PAGE}?{authentication.session_query(public_id)}"


def signed_in_fully(request: HttpRequest, administrator: Administrator, *, by_passkey: bool = False) -> HttpResponse:
    """Open a full session, and go on to the page that was wanted. Only for whoever gave all that their sign-in needs."""
    signed_in, secret = authentication.sign_in_fully(request, administrator, by_passkey=by_passkey)
    response = SeeOther(wanted_page(request) or first_page(signed_in.kind, signed_in.public_id))
    cookies.put_full(response, secret, int(sessions.FULL_LONGEST.total_seconds()))
    return response


def sign_in_page(request: HttpRequest, form: Form, status: int = 200, **data: object) -> HttpResponse:
    """The page with company, name and password, and a passkey where the hub's address allows them. `problem`: why it is here."""
    data |= {"form": form, "next": wanted_page(request), "passkey_origin": passkey_origin()}
    data["company_accounts"] = anybody_has_provider()
    return render(request, "sign_in/sign_in.html", data, status=status)


def wanted_page(request: HttpRequest) -> str:
    """The page of ours that somebody wanted before they had to sign in; empty for anything else."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def too_many_tries(seconds: int) -> str:
    """What is said of the throttle."""
    minutes = ceil(seconds / 60)
    text = ngettext(
        "There were too many wrong tries. Try again in a minute.",
        "There were too many wrong tries. Try again in %(minutes)d minutes.",
        minutes,
    )
    return text % {"minutes": minutes}


def by_script(request: HttpRequest) -> bool:
    """Whether a script asked, not a person who follows a link: it cannot use a sign-in page."""
    return "HX-Request" in request.headers or "X-Session" in request.headers


def in_a_window(request: HttpRequest) -> bool:
    """Whether the page is not in somebody's frame, where the ordinary sign-in may never be shown.

    Old browsers do not tell; then a page that may be framed is taken to be.
    """
    told = request.headers.get("Sec-Fetch-Dest")
    return told == "document" if told else not getattr(request, "frame_origins", [])


def refused_link(request: HttpRequest) -> HttpResponse:
    """The one answer to every sign-in link that does not work, whatever the reason."""
    context = {"looked": request.method != "POST", "may_sign_in": in_a_window(request)}
    return render(request, "sign_in/refused.html", context, status=410)


def address_without_session(request: HttpRequest) -> str:
    """The same page for whichever session the browser has: without the `s` that links carry."""
    wanted = request.GET.copy()
    wanted.pop("s", None)
    return f"{request.path}?{wanted.urlencode()}" if wanted else request.path


def session_ended(request: HttpRequest, why: str = "", own: authentication.SignedIn | None = None) -> HttpResponse:
    """The session of this page is over, or its cookie was lost on the way. `why`: the reason, where it is known.

    `own`: who is signed in fully in the same browser, and may open the page as themselves.
    """
    context = {"why": why, "may_sign_in": in_a_window(request), "own": own, "address": address_without_session(request)}
    context |= _unsaved(request)
    return render(request, "sign_in/ended.html", context, status=403)


def foreign_form(request: HttpRequest) -> HttpResponse:
    """The form did not come from a page of ours, as far as the browser tells; where a proxy is to blame, the page says so."""
    context = {"proxy_fault": _proxy_fault(request), "may_sign_in": in_a_window(request)}
    return render(request, "sign_in/foreign.html", context, status=403)


def _proxy_fault(request: HttpRequest) -> str:
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site")
    if site == "same-origin" and origin not in ("", "null", *config().origins):
        return proxy_faults.wrong_origin(origin)
    if site is None and origin in ("", "null"):
        return proxy_faults.hidden_origin() if origin else proxy_faults.removed_origin()
    if site is None and origin not in config().origins and proxy_faults.close_to_ours(origin):
        return proxy_faults.wrong_origin(origin)
    return ""


def other_session(request: HttpRequest) -> HttpResponse:
    """The form belongs to another session than the one in this browser."""
    return render(request, "sign_in/mismatch.html", _unsaved(request), status=409)


def _unsaved(request: HttpRequest) -> dict[str, object]:
    return {"filled_in": is_filled_in(request), "fields": unsaved_fields(request)}


def not_allowed(request: HttpRequest) -> HttpResponse:
    """The administrator's level, or their limit to locations, does not reach that far."""
    return render(request, "sign_in/not_allowed.html", status=403)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """For a sync session there is nothing at this address."""
    return render(request, "sign_in/nothing_here.html", status=404)
