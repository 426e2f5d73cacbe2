"""The courier's endpoints: JSON in, JSON out, no cookies. What is said is proven by the messages themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from doorsync.hub.courier import agents
from doorsync.hub.courier.enrolling import enrol_agent
from doorsync.hub.settings.config import config
from doorsync.messages.envelope import LIMIT
from doorsync.messages.errors import Malformed, MessageRefused, Replayed, TooLarge

Body = dict[str, str]
Answer = dict[str, Any]


def _endpoint(take: Callable[[Body], Answer]) -> Callable[[HttpRequest], HttpResponseBase]:
    def view(request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return JsonResponse({"error": "post-only"}, status=405, headers={"Allow": "POST"})
        if not _own_origin(request):
            return JsonResponse({"error": "foreign-origin"}, status=403)
        try:
            return JsonResponse(take(_body(request)))
        except MessageRefused as error:
            return JsonResponse({"error": error.code(), "message": str(error)}, status=409)

    return view


def _own_origin(request: HttpRequest) -> bool:
    """Programs send no Origin; a browser does, and then the page must be the hub's own."""
    origin = request.headers.get("Origin")
    return origin is None or origin in config().origins


def _body(request: HttpRequest) -> Body:
    if request.content_type != "application/json":
        raise Malformed("The content type must be application/json.")
    if int(request.headers.get("Content-Length") or 0) > LIMIT:
        raise TooLarge
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise Malformed from error
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        raise Malformed
    return body


def _text(body: Body, name: str) -> str:
    if name not in body:
        raise Malformed(f"'{name}' is missing.")
    return body[name]


@_endpoint
def enrol(body: Body) -> Answer:
    """An agent brings its keys and a code."""
    return {"enrolled": enrol_agent(_text(body, "enrolment"))}


@_endpoint
def hello(body: Body) -> Answer:
    """A courier brings an agent's hello."""
    return agents.hello(agents.find_agent(_text(body, "agent")), _text(body, "hello"))


@_endpoint
def next_batches(body: Body) -> Answer:
    """A courier asks for work."""
    return agents.next_batches(agents.find_agent(_text(body, "agent")), _text(body, "nonce"))


@_endpoint
def receipt(body: Body) -> Answer:
    """A courier brings a receipt."""
    try:
        agents.receipt(agents.find_agent(_text(body, "agent")), _text(body, "receipt"))
    except Replayed:  # two couriers carried the same batch: the other was faster
        return {"ok": True, "known": True}
    return {"ok": True}


@_endpoint
def refused(body: Body) -> Answer:
    """A courier brings the agent's refusal of a batch."""
    agents.refused(agents.find_agent(_text(body, "agent")), _text(body, "refused"))
    return {"ok": True}
