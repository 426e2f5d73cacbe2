"""A log line for each request but the waits of idle agents, and a count: the route by name, never the path with its token."""

from __future__ import annotations

import time
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import structlog
from django.urls import Resolver404, resolve
from prometheus_client import Counter, Histogram

from doorsync.hub.courier.long_poll import PATH as WAIT
from doorsync.hub.esws.namespaces import PATH, leads_to_service

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
REQUESTS = Counter(
    "doorsync_requests_total", "Requests that this process answered; status 0: the caller hung up.", ["route", "method", "status"]
)
SECONDS = Histogram("doorsync_request_seconds", "How long answers took, but for those to waiting agents.", ["route"])
log = structlog.get_logger()


def with_request_lines(application: Any) -> Any:
    """The same ASGI application, logged."""

    async def logged(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def noting(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await application(scope, receive, noting)
        finally:
            took, route = time.perf_counter() - started, route_of(scope["path"])
            _count(route, _method(scope), status).inc()
            if scope["path"] != WAIT:
                _seconds(route).observe(took)
            if (scope["path"], status) != (WAIT, HTTPStatus.OK):  # where many agents wait, millions a day say nothing
                log.info("request", method=scope["method"], route=route, status=status, ms=round(took * 1000, 1))

    return logged


@lru_cache(maxsize=1024)
def _count(route: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(route, method, status)


@lru_cache(maxsize=1024)
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


def _method(scope: Any) -> str:
    """Anybody can make up a method; a figure for each would fill the memory."""
    method: str = scope["method"]
    return method if method in METHODS else "other"


def route_of(path: str) -> str:
    """The pattern that the path fits, such as users/totalSyncUsersLogin/<token>."""
    if leads_to_service(path):
        return PATH.lstrip("/")
    if path.startswith("/static/"):
        return "static"
    try:
        return resolve(path).route
    except Resolver404:
        return "(none)"
