"""The answer to a request that failed: whether it is worth trying again, and nothing of the error itself."""

from __future__ import annotations

import sys

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from doorsync.hub.companies.held_up import is_held_up

RETRY_SECONDS = 5
log = structlog.get_logger(__name__)


def failed(request: HttpRequest) -> HttpResponse:
    """503 while another program holds the database; 500 for all else. Django calls it while it handles the exception."""
    if not is_held_up(sys.exc_info()[1]):
        return server_error(request)
    log.warning("Another program holds the hub's database file.")
    answer = _for_program() if request.path.startswith("/courier/") else _for_person(request)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _for_program() -> HttpResponse:
    return JsonResponse({"error": "busy", "message": "Another program holds the hub's database. Try again."}, status=503)


def _for_person(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("503.html", {"sent": request.method == "POST"}), status=503)
