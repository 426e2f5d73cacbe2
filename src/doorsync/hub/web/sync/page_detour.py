"""The address of the page that an agent serves (the reverse courier), for browsers that may not reach the agent."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.audit import trail
from doorsync.hub.settings.config import config
from doorsync.hub.sync.run.job_handles import make_handle
from doorsync.hub.web.decorators import needs_user_sync
from doorsync.hub.web.sync import page_links
from doorsync.hub.web.sync.run_status import agents_of
from doorsync.hub.web.sync.run_views import found_run


@require_POST
@needs_user_sync
def detour(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The address of the agent's page, with a handle for this run and agent in its fragment, which no server ever sees."""
    run = found_run(request, public_id)
    wanted = request.POST.get("agent", "")
    agent = next((each for each in agents_of(run) if each.public_id == wanted and each.url), None)
    if agent is None:
        raise Http404
    trail.record("detour.opened", actor=request.signed_in.actor, run=run.pk, agent=agent.pk)
    back = (
        "" if request.POST.get("framed") else page_links.run_address(request, public_id)
    )  # the frame itself goes on showing the run
    job = {"hub": config().origin, "agent": agent.public_id, "handle": make_handle(run=run, agent=agent), "back": back}
    return JsonResponse({"address": f"{agent.url.rstrip('/')}/courier#{urlencode(job)}"})
