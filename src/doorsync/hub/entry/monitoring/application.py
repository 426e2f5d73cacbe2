"""The three addresses: /health/live, /health/ready and /metrics. None of them tells a name or a secret."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from doorsync.hub.entry.monitoring.readiness import not_ready_reasons

TEXT = "text/plain; charset=utf-8"
WITHIN = 3.0  # seconds for the database to answer


async def application(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - as ASGI calls it
    """Answer one request. It runs in the hub's own event loop, so that an answer shows that the loop is alive."""
    if scope["method"] not in ("GET", "HEAD"):
        await _answer(send, 405, TEXT, b"Only GET.\n")
    elif scope["path"] == "/health/live":
        await _answer(send, 200, TEXT, b"The hub lives.\n")
    elif scope["path"] == "/health/ready":
        why = await _why_not_ready()
        body = json.dumps({"ready": not why, "reasons": why}).encode()
        await _answer(send, 503 if why else 200, "application/json", body)
    elif scope["path"] == "/metrics":
        await _answer(send, 200, CONTENT_TYPE_LATEST, await asyncio.to_thread(generate_latest))
    else:
        await _answer(send, 404, TEXT, b"There are /health/live, /health/ready and /metrics.\n")


async def _why_not_ready() -> list[str]:
    try:
        return await asyncio.wait_for(asyncio.to_thread(not_ready_reasons), WITHIN)
    except TimeoutError:
        return [f"The database did not answer within {WITHIN:.0f} seconds."]


async def _answer(send: Any, status: int, content_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
