"""What a view of the courier is: JSON in, JSON out, no cookies. Who may call it from which page; refusals as answers."""

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
QUOTES = 64  # no body of ours has more than a few names and values, and none of them has a quote in it


def endpoint(take: Callable[[Body], Answer], *, carries: bool = False) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view around `take`; what an agent's own page carries with a handle is taken too, where `carries`."""

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
            return JsonResponse(take(body)) if own else delegation.answer(request, body, take)
        except MessageRefused as error:
            return refusal(error) if own else _foreign()

    return view


def _foreign() -> JsonResponse:
    return JsonResponse({"error": "foreign-origin"}, status=403)


def _own_origin(request: HttpRequest) -> bool:
    """Programs send no Origin; a browser does, and then the page must be the hub's own, or bring a handle.

    An Origin that a proxy made the browser hide ("null") counts with the browser's own word that hub and page are one.
    """
    origin = request.headers.get("Origin")
    hidden = origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin is None or hidden or origin in config().origins


def _body(request: HttpRequest) -> Body:
    if request.content_type != "application/json":
        raise Malformed("The content type must be application/json.")
    if len(request.body) > LIMIT + SPARE:
        raise TooLarge
    # Looked at before it is read: a list of nothings takes thirty times its bytes.
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
    """Messages, names and nonces are ASCII; whatever else a body can hold, no database need see."""
    return text.isascii() and "\x00" not in text


def text(body: Body, name: str) -> str:
    """What the body holds under this name. Raises Malformed."""
    if name not in body:
        raise Malformed(f"'{name}' is missing.")
    return body[name]
