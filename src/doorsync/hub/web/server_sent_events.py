"""What all streams of server-sent events share: how long they last, how they are written, when they make room for newer ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from django.http import StreamingHttpResponse

HEARTBEAT = 15  # seconds of silence after which proxies might hang up
LONGEST = 300  # seconds; the browser then connects again by itself
LATER = b"retry: 30000\nevent: later\ndata:\n\n"  # too many windows look on: this one looks again in half a minute


def stream_response(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """An answer that nobody stores, and that proxies hand on piece by piece."""
    stream = StreamingHttpResponse(events, content_type="text/event-stream")
    stream["Cache-Control"] = "no-store"
    stream["X-Accel-Buffering"] = "no"
    return stream


def fragment_event(name: str, html: str, mark: str) -> bytes:
    """A part of a page as one event. The browser brings `mark` back when it connects again."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"event: {name}\nid: {mark}\n{lines}\n".encode()


async def was_set(over: asyncio.Event, seconds: float) -> bool:
    """Wait for so long; whether somebody newer has taken the stream's place by then."""
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    return over.is_set()
