"""The pages behind a sign-in link. GET only looks; the landing page's own POST is what signs in."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.administrators import cookies, sessions, token_redemption, tokens
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.administrators.token_redemption import Arrival
from doorsync.hub.web.decorators import same_origin
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther

LONGEST_RETURN = 500
REFUSAL_SECONDS = 0.05  # every refusal takes so long: why it was refused shows in the audit only, not in the time


@require_safe
def follow_link(request: Request, token: str = "") -> HttpResponse:
    """A sign-in link. Nothing is looked up: all links, right or wrong, lead to the landing page under a short-lived handle."""
    if _only_looking(request):
        return HttpResponse(status=204)
    address = reverse("start", args=[tokens.make_token_handle(tokens.token_digest(token))])
    return SeeOther(f"{address}{_returning(request, '?')}")


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request, handle: str) -> HttpResponse:
    """The landing page. It posts by itself; only the POST spends the token."""
    arrived = time.monotonic()
    if request.method == "POST" and not same_origin(request):
        return answers.foreign_form(request)
    if _only_looking(request):
        return HttpResponse(status=204)
    answer = _enter(request, handle) if request.method == "POST" else _welcome(request, handle)
    if answer is None:
        answer = answers.refused_link(request)
        time.sleep(max(0.0, arrived + REFUSAL_SECONDS - time.monotonic()))
    return answer


@require_safe
def start_over(_request: Request) -> HttpResponse:
    """What the browser's history keeps of the landing page."""
    return SeeOther(reverse("home"))


def _only_looking(request: Request) -> bool:
    """Whether the browser fetches ahead, for a page that nobody asked to see yet."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def _welcome(request: Request, handle: str) -> HttpResponse | None:
    company = token_redemption.preview(tokens.digest_in(handle), request.COOKIES)
    if company is None:
        return None
    request.frame_origins = company.frame_origins
    response = render(request, "sign_in/start.html", {"company": company})
    secret = cookies.landing_secret(request.COOKIES) or cookies.fresh_secret()
    cookies.put(response, cookies.LANDING, secret, cookies.LANDING_SECONDS)
    return response


def _enter(request: Request, handle: str) -> HttpResponse | None:
    arrival = token_redemption.redeem(tokens.digest_in(handle), request.COOKIES)
    if arrival.session is None:
        return None
    page = answers.first_page(arrival.session.kind, arrival.session.public_id)
    response = SeeOther(f"{page}{_returning(request, '&')}")
    _give_cookie(request, response, arrival, arrival.session.public_id)
    return response


def _returning(request: Request, joint: str) -> str:
    """Where the program wants its person back; the sync pages show it only if the company registered that address."""
    address = request.GET.get("return", "")
    return f"{joint}{urlencode({'return': address})}" if 0 < len(address) <= LONGEST_RETURN else ""


def _give_cookie(request: Request, response: HttpResponse, arrival: Arrival, public_id: str) -> None:
    for dropped in sessions.too_many(request.COOKIES, keep=public_id):
        cookies.drop(response, f"{cookies.SYNC}{dropped}")
    seconds = int(sessions.LONGEST.total_seconds())
    cookies.put(response, f"{cookies.SYNC}{public_id}", arrival.secret, seconds)
