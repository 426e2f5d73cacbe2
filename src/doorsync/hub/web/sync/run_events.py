"""A run as server-sent events. Each event is the whole live part of the page, so whoever reconnects has missed nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256

from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET
from django_scopes import scope

from doorsync.hub.administrators.authentication import SignedInRequest, named_session, signed_in_as
from doorsync.hub.web.decorators import needs_user_sync
from doorsync.hub.web.event_streams import streams
from doorsync.hub.web.server_sent_events import HEARTBEAT, LATER, LONGEST, fragment_event, stream_response, was_set
from doorsync.hub.web.sync.run_status import run_status
from doorsync.hub.web.sync.run_views import found_run, render_run

PAUSE = 0.5  # seconds between looks; a session that has ended is noticed by the next one


@require_GET
@needs_user_sync
def run_events(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """The stream of one run; it ends with the run, or with the session."""
    found_run(request, public_id)
    seen = request.headers.get("Last-Event-ID", "")
    return stream_response(_events(request, public_id, seen))


async def _events(request: SignedInRequest, public_id: str, seen: str) -> AsyncIterator[bytes]:
    session, silence = request.signed_in.public_id, 0.0
    with streams.opened(session) as over:
        for _tick in range(int(LONGEST / PAUSE)):
            look = partial(_look, request, public_id)
            html, is_open = await streams.fresh_at_the_end((session, public_id), PAUSE, look, _is_over)
            if not html:
                yield b"event: gone\ndata:\n\n"
                return
            mark = sha256(html.encode()).hexdigest()[:16]
            if mark != seen:
                yield fragment_event("lines", html, mark)
                seen, silence = mark, 0.0
            if not is_open:
                yield b"event: end\ndata:\n\n"
                return
            if await was_set(over, PAUSE):
                yield LATER
                return
            silence += PAUSE
            if silence >= HEARTBEAT:
                yield b": still here\n\n"
                silence = 0.0


def _look(request: SignedInRequest, public_id: str) -> tuple[str, bool]:
    """The live part now, and whether the run is open; empty when nobody is signed in any more."""
    if signed_in_as(request, named_session(request)) is None:
        return "", False
    with scope(company=request.signed_in.company):
        view = run_status(public_id)
        return render_to_string("sync/parts/run_terminals.html", render_run(view)), view.open


def _is_over(seen: tuple[str, bool]) -> bool:
    return not seen[1]
