"""A log line for each request but the waits of idle agents: the route by name, never the path, which may hold a token."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any

import structlog
from django.urls import Resolver404, resolve

from doorsync.hub.courier.waiting import PATH as WAIT
from doorsync.hub.esws.names import PATH

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
            if (scope["path"], status) != (WAIT, HTTPStatus.OK):  # where many agents wait, millions a day say nothing
                took = round((time.perf_counter() - started) * 1000, 1)
                log.info("request", method=scope["method"], route=route_of(scope["path"]), status=status, ms=took)

    return logged


def route_of(path: str) -> str:
    """The pattern that the path fits, such as users/totalSyncUsersLogin/<token>."""
    if path.rstrip("/") == PATH:
        return PATH.lstrip("/")
    if path.startswith("/static/"):
        return "static"
    try:
        return resolve(path).route
    except Resolver404:
        return "(none)"
