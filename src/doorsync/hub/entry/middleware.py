"""What every request passes through: security headers, whether it was meant for this hub, and who is signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware
from django_scopes import scope

from doorsync.hub.administrators import authentication, client_address, proxy_faults
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.entry import response_headers
from doorsync.hub.settings.config import config

Handler = Callable[[HttpRequest], HttpResponse]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponse]]


@sync_and_async_middleware
def security_headers(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Add the security headers. Outermost, so that errors and static files carry them too."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponse:
            response = await cast("AsyncHandler", get_response)(_prepared(request))
            return _protected(request, response)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponse:
        return _protected(request, cast("Handler", get_response)(_prepared(request)))

    return handle


@sync_and_async_middleware
def check_host(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Refuse requests for another host before Django does, with an answer that names our settings."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponse:
            return _wrong_host_answer(request) or await cast("AsyncHandler", get_response)(request)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponse:
        return _wrong_host_answer(request) or cast("Handler", get_response)(request)

    return handle


def signed_in(get_response: Handler) -> Handler:
    """Find out who is signed in, and run the whole request in the scope of their company."""

    def handle(given: HttpRequest) -> HttpResponse:
        request = cast("Request", given)
        if request.path.startswith(response_headers.LANDING):  # a link is looked at without a trace
            return get_response(request)
        named = authentication.named_session(request)
        found = authentication.signed_in_as(request, named, full_first=_is_full_only(request))
        if found is None:
            return get_response(request)
        request.signed_in = found
        _use_language(request, found.administrator.language)
        if found.kind != "full":  # the cookie of the ordinary sign-in does not reach into a foreign frame
            request.frame_origins = found.company.frame_origins
        with scope(company=found.company):
            return get_response(request)

    return handle


def _use_language(request: Request, language: str) -> None:
    """Choose the language: the administrator's own choice comes before what the browser asks for."""
    if language:
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _is_full_only(request: HttpRequest) -> bool:
    """Whether the page is for full sessions only, as `needs_full_sign_in` marks it."""
    try:
        return getattr(resolve(request.path_info).func, "full_only", False)
    except Resolver404:
        return False


def _wrong_host_answer(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request for another host; None for the others, whose headers are only looked at."""
    if "X-Forwarded-For" in request.headers and not client_address.is_trusted(request.META.get("REMOTE_ADDR", "")):
        proxy_faults.forwarded_for(request.META.get("REMOTE_ADDR", ""))
    if request.headers.get("X-Forwarded-Proto") == "https" and not config().secure:
        proxy_faults.forwarded_proto()
    try:
        request.get_host()
    except DisallowedHost:
        text = proxy_faults.wrong_host(request.META.get("HTTP_HOST", ""))
    else:
        return None
    if request.path.startswith("/courier/"):
        return JsonResponse({"error": "wrong-host", "message": text}, status=400)
    return render(request, "sign_in/wrong_host.html", {"proxy_fault": text}, status=400)


def _prepared(given: HttpRequest) -> HttpRequest:
    request = cast("Request", given)
    request.signed_in, request.connect_to, request.frame_origins = None, [], []
    return request


def _protected(given: HttpRequest, response: HttpResponse) -> HttpResponse:
    request = cast("Request", given)
    response_headers.add_headers(request, response, request.frame_origins, request.connect_to)
    return response
