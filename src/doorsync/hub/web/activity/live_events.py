"""The access log as server-sent events: whenever something new comes, the whole first page, so that nothing is missed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET
from django_scopes import scope

from doorsync.hub.administrators.authentication import SignedInRequest, named_session, signed_in_as
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.web.activity.event_choice import EventChoice
from doorsync.hub.web.activity.event_rows import event_page
from doorsync.hub.web.activity.log_views import rows_data
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.event_streams import in_thread, streams
from doorsync.hub.web.server_sent_events import HEARTBEAT, LATER, LONGEST, fragment_event, stream_response, was_set

PAUSE = 1.0  # seconds between looks; a session that has ended is noticed by the next one
GONE = -1


@require_GET
@needs_full_sign_in
def live_events(request: SignedInRequest) -> HttpResponseBase:
    """The stream of the choice in the address; it ends with the session. `seen`: the newest event that the page shows."""
    seen = request.headers.get("Last-Event-ID", "") or request.GET.get("seen", "")
    return stream_response(_events(request, seen))


async def _events(request: SignedInRequest, seen: str) -> AsyncIterator[bytes]:
    session, silence = request.signed_in.public_id, 0.0
    choice = EventChoice.from_query(request.GET)
    with streams.opened(session) as over:
        for _tick in range(int(LONGEST / PAUSE)):
            newest = await streams.look((session, "access-log"), PAUSE / 2, partial(_newest, request))
            if newest == GONE:
                yield b"event: gone\ndata:\n\n"
                return
            if str(newest) != seen:
                yield fragment_event("rows", await in_thread(partial(_rendered, request, choice)), str(newest))
                seen, silence = str(newest), 0.0
            if await was_set(over, PAUSE):
                yield LATER
                return
            silence += PAUSE
            if silence >= HEARTBEAT:
                yield b": still here\n\n"
                silence = 0.0


def _newest(request: SignedInRequest) -> int:
    """The number of the newest event; GONE when nobody is signed in any more."""
    if signed_in_as(request, named_session(request)) is None:
        return GONE
    with scope(company=request.signed_in.company):
        return AccessEvent.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _rendered(request: SignedInRequest, choice: EventChoice) -> str:
    with scope(company=request.signed_in.company):
        page = event_page(request.signed_in.administrator, choice)
        return render_to_string("activity/rows.html", rows_data(choice, page))
