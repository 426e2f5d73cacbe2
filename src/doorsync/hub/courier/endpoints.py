"""The frame of the courier's views: JSON in and out, no cookies, which pages may call, and refusals as answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from doorsync.hub.courier import delegation
from doorsync.hub.courier.delegation import Answer, Body, refusal
from doorsync.hub.settings.config import config
from doorsync.messages.errors import Malformed, MessageRefused, TooLarge
from doorsync.messages.sizes import LIMIT

SPARE = 4096  # bytes for the JSON around a message
QUOTES = 64  # bodies have only a few names and values, none with a quote in it


def endpoint(take: Callable[[Body], Answer], *, carries: bool = False) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view around `take`. With `carries`, an agent's own page may call it too, with a handle."""

    def view(request: HttpRequest) -> HttpResponseBase:
        own = _own_origin(request)
        if carries and not own and request.method == "OPTIONS":
            return delegation.preflight(request)
        if request.method != "POST":
            return JsonResponse({"error": "post-only"}, status=405, headers={"Allow": "POST"})
        if not own and not carries:
            return _foreign()
        try:
            body = _body(request)
            return JsonResponse(take(body)) if own else delegation.page_answer(request, body, take)
        except MessageRefused as error:
            return refusal(error) if own else _foreign()

    return view


def _foreign() -> JsonResponse:
    return JsonResponse({"error": "foreign-origin"}, status=403)


def _own_origin(request: HttpRequest) -> bool:
    """Whether a program calls, which sends no Origin, or one of the hub's own pages.

    An Origin that the browser hides ("null", because of a proxy's policy) counts as the hub's own if Sec-Fetch-Site says so.
    """
    origin = request.headers.get("Origin")
    hidden = origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin is None or hidden or origin in config().origins


def _body(request: HttpRequest) -> Body:
    if request.content_type != "application/json":
        raise Malformed("The content type must be application/json.")
    if len(request.body) > LIMIT + SPARE:
        raise TooLarge
    # Checked before parsing: a list of empty lists takes thirty times its bytes in memory.
    if request.body.count(b'"') > QUOTES or b"[" in request.body:
        raise Malformed
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(body, dict) or not all(isinstance(value, str) and is_plain(value) for value in body.values()):
        raise Malformed
    return body


def is_plain(text: str) -> bool:
    """Whether the text is ASCII without NUL, as all messages, names and nonces are."""
    return text.isascii() and "\x00" not in text


def body_text(body: Body, name: str) -> str:
    """The body's value of this name. Raises Malformed."""
    if name not in body:
        raise Malformed(f"'{name}' is missing.")
    return body[name]
