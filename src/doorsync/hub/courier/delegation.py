"""Calls from pages of an agent's own origin with a one-job handle (the reverse courier). The checks are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from doorsync.hub.courier.agent_checks import find_agent
from doorsync.hub.sync.run.job_handles import HandleOver, PageJob, find_job
from doorsync.messages.errors import MessageRefused

Body = dict[str, str]
Answer = dict[str, Any]
IDLE: Answer = {"nonce": "", "batches": [], "wait": 0, "hello": False, "idle": True}


def preflight(request: HttpRequest) -> HttpResponse:
    """Answer every origin alike, so that nobody learns where agents are. A call without a handle is refused later."""
    headers = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type"}
    return _readable(request, HttpResponse(status=204, headers={**headers, "Access-Control-Max-Age": "600"}))


def page_answer(request: HttpRequest, body: Body, take: Callable[[Body], Answer]) -> HttpResponse:
    """The endpoint's answer to this page. Raises MessageRefused when there is no such agent."""
    agent = find_agent(body.get("agent", ""))
    try:
        job = find_job(body.get("handle", ""), agent, request.headers["Origin"])
    except HandleOver:
        return _without_job(request, body)
    try:
        return _readable(request, JsonResponse(IDLE if _nothing_left(job, body) else take(body)))
    except MessageRefused as error:
        return _readable(request, refusal(error))


def refusal(error: MessageRefused) -> JsonResponse:
    """Why a message was not taken."""
    return JsonResponse({"error": error.code(), "message": str(error), **error.details}, status=409)


def _nothing_left(job: PageJob, body: Body) -> bool:
    """Whether the page asks for work of a closed run. Receipts that are still on their way are taken all the same."""
    return job.done and not {"part", "receipt", "refused"} & set(body)


def _without_job(request: HttpRequest, body: Body) -> HttpResponse:
    """Tell a page that its handle has expired; tell a page without a handle nothing."""
    if "handle" not in body:
        return JsonResponse({"error": "foreign-origin"}, status=403)
    return _readable(request, JsonResponse({"error": "handle-over"}, status=403))


def _readable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = request.headers["Origin"]
    response["Vary"] = "Origin"
    return response
