"""The courier's endpoints: JSON in, JSON out, no cookies. What is said is proven by the messages themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from doorsync.hub.courier import agents, handed
from doorsync.hub.courier.enrolling import enrol_agent
from doorsync.hub.courier.handed import Answer, Body, refusal
from doorsync.hub.settings.config import config
from doorsync.messages.envelope import LIMIT
from doorsync.messages.errors import Malformed, MessageRefused, Replayed, TooLarge


def _endpoint(take: Callable[[Body], Answer], *, carries: bool = False) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view around `take`; what an agent's own page carries with a handle is taken too, where `carries`."""

    def view(request: HttpRequest) -> HttpResponseBase:
        own = _own_origin(request)
        if carries and not own and request.method == "OPTIONS":
            return handed.preflight(request)
        if request.method != "POST":
            return JsonResponse({"error": "post-only"}, status=405, headers={"Allow": "POST"})
        if not own and not carries:
            return _foreign()
        try:
            body = _body(request)
            return JsonResponse(take(body)) if own else handed.answer(request, body, take)
        except MessageRefused as error:
            return refusal(error) if own else _foreign()

    return view


def _foreign() -> JsonResponse:
    return JsonResponse({"error": "foreign-origin"}, status=403)


def _own_origin(request: HttpRequest) -> bool:
    """Programs send no Origin; a browser does, and then the page must be the hub's own, or bring a handle."""
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


@partial(_endpoint, carries=True)
def hello(body: Body) -> Answer:
    """A courier brings an agent's hello."""
    return agents.hello(agents.find_agent(_text(body, "agent")), _text(body, "hello"))


@partial(_endpoint, carries=True)
def next_batches(body: Body) -> Answer:
    """A courier asks for work."""
    return agents.next_batches(agents.find_agent(_text(body, "agent")), _text(body, "nonce"))


@partial(_endpoint, carries=True)
def receipt(body: Body) -> Answer:
    """A courier brings a receipt."""
    try:
        agents.receipt(agents.find_agent(_text(body, "agent")), _text(body, "receipt"))
    except Replayed:  # two couriers carried the same batch: the other was faster
        return {"ok": True, "known": True}
    return {"ok": True}


@partial(_endpoint, carries=True)
def refused(body: Body) -> Answer:
    """A courier brings the agent's refusal of a batch."""
    agents.refused(agents.find_agent(_text(body, "agent")), _text(body, "refused"))
    return {"ok": True}
