"""Limits for request bodies before Django: a body is read whole, within its limits, before a view runs.

The SOAP service and the agents' wait, which stand beside Django, have bounds of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from doorsync.hub.administrators import client_address
from doorsync.hub.esws.application import headers_of
from doorsync.hub.esws.body_reader import DISCARDED, Gone, Intake
from doorsync.hub.esws.errors import Busy, Fault, TooLarge, TooSlow
from doorsync.messages.sizes import LIMIT

COURIER = "/courier/"  # addresses that take what agents have to say
FEW_WORDS = {"/courier/enrol", "/courier/next", "/courier/reached", "/courier/changed"}  # of these: names and nonces only
UPLOAD = "/people/import/"  # takes a file of people
MESSAGE = LIMIT + 4096  # with the JSON around it
SMALL = 64 * 1024  # forms, and calls that carry no more than names and nonces
FAR_TOO_LARGE = MESSAGE + DISCARDED
TOGETHER = 32  # messages of full size at the same time
SHARE = 2  # one source may hold so large a part of them: an agent brings those of 8 terminals at once
STATUS = {TooLarge: 413, TooSlow: 408, Busy: 503}


class BodyLimits:
    """An ASGI application with limits: bytes and seconds of one body, and bytes of all bodies at the same time."""

    def __init__(self, application: Any, *, seconds: float = 120.0, stall: float = 15.0) -> None:
        self._application = application
        limited = partial(Intake, seconds=seconds, stall=stall, share=SHARE)  # agents behind slow lines need their time
        self._messages, self._small = (
            limited(limit=MESSAGE, together=TOGETHER * MESSAGE),
            limited(limit=SMALL, together=256 * SMALL),
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        given = headers_of(scope) if scope["type"] == "http" else {}
        if not (given.get(b"content-length") or given.get(b"transfer-encoding")):
            await self._application(scope, receive, send)
            return
        intake = self._messages if _carries_a_message(scope["path"]) else self._small
        peer = client_address.caller_address((scope.get("client") or [""])[0], given.get(b"x-forwarded-for", ""))
        try:
            async with intake.body(receive, announced=_announced(given), source=client_address.source_network(peer)) as body:
                await self._application(scope, _replaying(body, receive), send)
        except Gone:
            return
        except Fault as fault:
            await _refuse(scope, send, fault, intake.limit)


def _carries_a_message(path: str) -> bool:
    return path == UPLOAD or (path.startswith(COURIER) and path not in FEW_WORDS)


def _announced(given: Mapping[bytes, str]) -> int:
    """The announced size, if it is to be refused before reading: with `Expect: 100-continue`, or far above the limit."""
    told = given.get(b"content-length", "")
    length = int(told) if told.isdecimal() else 0
    return length if given.get(b"expect") or length > FAR_TOO_LARGE else 0


def _replaying(body: bytes, receive: Any) -> Any:
    told = False

    async def replay() -> Any:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _refuse(scope: Any, send: Any, fault: Fault, limit: int) -> None:
    kind = type(fault)
    text = {
        TooLarge: f"This is larger than the {limit // 1024:,} KiB that this address takes.",
        TooSlow: "What was to be sent did not arrive in time.",
    }.get(kind, "The hub is busy. Try again in a moment.")
    code = {TooLarge: "too-large", TooSlow: "too-slow"}.get(kind, "busy")
    by_program = scope["path"].startswith("/courier/")
    body = json.dumps({"error": code, "message": text}).encode() if by_program else text.encode()
    headers = {
        "content-type": "application/json" if by_program else "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "connection": "close",  # the body may not have been read to its end
        **({"retry-after": "2"} if kind is Busy else {}),
    }
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": STATUS.get(kind, 503), "headers": lines})
    await send({"type": "http.response.body", "body": body})
