"""The agent's side of the page courier: `POST` to /hello, /batch and /part, for pages of its hub and for its own one page."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection
from dataclasses import asdict

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from doorsync.agent import page
from doorsync.agent.batch_service import Answer, BatchService
from doorsync.agent.errors import StorageFailed
from doorsync.agent.request_checks import Gate
from doorsync.messages.sizes import LIMIT

BODY_LIMIT = LIMIT + 1024  # bytes; the message and the JSON around it
BODY_WITHIN = 30  # seconds
WAITING = 64  # pages that wait for a receipt at once
PART = re.compile("[1-9][0-9]{0,4}")
BROUGHT = {"challenge", "rotated", "keys"}
STATUS = {"receipt": 200, "working": 202, "refused": 409, "failed": 503}


def application(batch_service: BatchService, *, hosts: Collection[str], origins: Collection[str]) -> ASGIApp:
    """The ASGI application: the endpoints behind the gate."""
    waiting = CapacityLimiter(WAITING)

    async def hello(request: Request) -> Response:
        brought = _brought(await _body(request))
        try:
            greeting = await to_thread.run_sync(lambda: batch_service.hello(**brought, sparing=True))
        except StorageFailed:
            return JSONResponse({"error": "storage-failed"}, STATUS["failed"])
        return JSONResponse({name: text for name, text in asdict(greeting).items() if text})

    async def batch(request: Request) -> Response:
        sealed = _exact(await _body(request), {"batch"})["batch"]
        return _response(await to_thread.run_sync(batch_service.batch, sealed, limiter=waiting))

    async def part(request: Request) -> Response:
        wished = _exact(await _body(request), {"batch", "part"})
        number = int(wished["part"]) if PART.fullmatch(wished["part"]) else 0
        sealed = await to_thread.run_sync(batch_service.part, wished["batch"], number)
        return JSONResponse({"part": sealed} if sealed else {"error": "no-such-part"}, 200 if sealed else 404)

    calls = {"/hello": hello, "/batch": batch, "/part": part}
    routes = [Route(path, answer, methods=["POST"]) for path, answer in calls.items()]
    return Gate(Starlette(routes=[*routes, *page.routes(origins)]), hosts=hosts, origins=origins, pages=page.PATHS)


def _response(answer: Answer) -> JSONResponse:
    if answer.kind == "working":
        return JSONResponse({"working": True}, STATUS["working"])
    if answer.parts:
        return JSONResponse({"receipt": answer.text, "batch": answer.batch, "parts": answer.parts}, STATUS["receipt"])
    name = "error" if answer.kind == "failed" else answer.kind
    return JSONResponse({name: answer.text}, STATUS[answer.kind])


async def _body(request: Request) -> object:
    """The JSON in the body, read no further than a message can be long, and no longer than a courier takes."""
    if int(request.headers.get("content-length", "0")) > BODY_LIMIT:
        raise HTTPException(413)
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY_LIMIT:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400) from error


def _brought(body: object) -> dict[str, str]:
    """What the hub sent along with its answer to the hello before: one thing, or nothing."""
    name = next(iter(body), "") if isinstance(body, dict) else ""
    return _exact(body, {name} & BROUGHT)


def _exact(body: object, names: set[str]) -> dict[str, str]:
    if not isinstance(body, dict) or set(body) != names or not all(isinstance(value, str) for value in body.values()):
        raise HTTPException(400)
    return body
