"""A run as server-sent events. Each event is the whole live part of the page, so whoever reconnects has missed nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET
from django_scopes import scope

from doorsync.hub.administrators.gate import needs_sign_in
from doorsync.hub.administrators.signing_in import SignedInRequest, named_session, who
from doorsync.hub.sync.following import follow
from doorsync.hub.sync.run_views import drawn, found_run

PAUSE = 0.5  # seconds between looks; a session that has ended is noticed by the next one
HEARTBEAT = 15  # seconds of silence after which proxies might hang up
LONGEST = 300  # seconds; the browser then connects again by itself


@require_GET
@needs_sign_in
def run_events(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The stream of one run; it ends with the run, or with the session."""
    found_run(public_id)
    seen = request.headers.get("Last-Event-ID", "")
    stream = StreamingHttpResponse(_events(request, public_id, seen), content_type="text/event-stream")
    stream["Cache-Control"] = "no-store"
    stream["X-Accel-Buffering"] = "no"
    return stream


async def _events(request: SignedInRequest, public_id: str, seen: str) -> AsyncIterator[bytes]:
    look = sync_to_async(_look)
    silence = 0.0
    for _tick in range(int(LONGEST / PAUSE)):
        html, is_open = await look(request, public_id)
        if not html:
            yield b"event: gone\ndata:\n\n"
            return
        mark = sha256(html.encode()).hexdigest()[:16]
        if mark != seen:
            yield _event("lines", html, mark)
            seen, silence = mark, 0.0
        if not is_open:
            yield b"event: end\ndata:\n\n"
            return
        if silence >= HEARTBEAT:
            yield b": still here\n\n"
            silence = 0.0
        await asyncio.sleep(PAUSE)
        silence += PAUSE


def _look(request: SignedInRequest, public_id: str) -> tuple[str, bool]:
    """The live part now, and whether the run is open; empty when nobody is signed in any more."""
    close_old_connections()
    try:
        if who(request, named_session(request)) is None:
            return "", False
        with scope(company=request.signed_in.company):
            view = follow(public_id)
            return render_to_string("sync/parts/lines.html", drawn(view)), view.open
    finally:
        close_old_connections()  # back to the pool: a stream lasts longer than a connection should be held


def _event(name: str, text: str, mark: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip())
    return f"event: {name}\nid: {mark}\n{lines}\n".encode()
