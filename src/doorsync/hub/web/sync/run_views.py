"""Pressing Sync, the page of a run, and retrying what failed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.errors import NeedsConfirmation, SyncError, UnknownRun
from doorsync.hub.sync.models import Run
from doorsync.hub.sync.run.runs import find_run, retry_run, selection_of, start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_sign_in, needs_user_sync
from doorsync.hub.web.sync import page_links, user_context
from doorsync.hub.web.sync.parameters import typed_count
from doorsync.hub.web.sync.plan_views import chosen, needs_known_choice, shown_plan
from doorsync.hub.web.sync.run_status import RunStatus, agents_of, run_status

REFUSED = 409


@require_POST
@needs_sign_in
@needs_known_choice
def press_sync(request: SignedInRequest) -> HttpResponse:
    """Open a run, or join the same one, and go to its page; or show the plan again with the reason why not."""
    confirmed, signed_in = typed_count(request.POST), request.signed_in
    choice = chosen(request, request.POST)
    try:
        run = start_run(company=signed_in.company, choice=choice, confirmed=confirmed, actor=signed_in.actor)
    except NeedsConfirmation as needed:
        wrong = _("That is not %(count)s. Nothing was sent.") % {"count": needed.count}
        return shown_plan(request, choice, REFUSED, wrong_count=wrong)
    except SyncError as error:
        return shown_plan(request, choice, REFUSED, problem=str(error))
    return redirect(page_links.run_address(request, run.public_id))


@require_POST
@needs_user_sync
def retry_failed(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Open the failed terminals of a run again."""
    run = found_run(request, public_id)
    try:
        retry_run(run=run, actor=request.signed_in.actor)
    except SyncError as error:
        return _shown(request, run, REFUSED, problem=str(error))
    return redirect(page_links.run_address(request, public_id))


@require_GET
@needs_user_sync
def run_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A run as it stands; with script it stays live, and carries messages between hub and agents."""
    return _shown(request, found_run(request, public_id))


def found_run(request: SignedInRequest, public_id: str) -> Run:
    """The run of this company; another company's is as unknown as none, and so is one at locations that they do not see.

    In a session for one user so is that of another user.
    """
    try:
        run = find_run(public_id)
    except UnknownRun as error:
        raise Http404 from error
    if request.signed_in.kind == "user" and run.user_id != request.signed_in.user_id:
        raise Http404
    if run.run_terminals.exclude(terminal__in=visible_terminals(request.signed_in.administrator)).exists():
        raise Http404
    return run


def _shown(request: SignedInRequest, run: Run, status: int = 200, problem: str = "") -> HttpResponse:
    view = run_status(run.public_id)
    agents = [agent for agent in agents_of(run) if agent.url]
    request.connect_to.extend("{0.scheme}://{0.netloc}".format(urlsplit(agent.url)) for agent in agents)
    data = {
        **render_run(view),
        "run": run,
        "agents": agents,
        "problem": problem,
        "person": user_context.known_person(run.user_id, request.signed_in.administrator) if run.user_id else None,
        **_ways(request, run),
        "page": _page(request, run, agents),
    }
    return render(request, "sync/run.html", data, status=status)


def render_run(view: RunStatus) -> dict[str, Any]:
    """What the live part of the page shows."""
    return {"view": view, "state": view.state}


def _ways(request: SignedInRequest, run: Run) -> dict[str, Any]:
    keep = page_links.kept_values(request)
    address = keep.get("return", "")
    return {
        "keep": keep,
        "plan_address": page_links.start_address(request, selection_of(run)),
        "return_address": address,
        "return_host": urlsplit(address).netloc,
    }


def _page(request: SignedInRequest, run: Run, agents: list[Agent]) -> dict[str, Any]:
    """For the page's modules: names and addresses only, never what is synchronised."""
    session = urlencode({"s": request.signed_in.public_id})
    return {
        "run": run.public_id,
        "events": f"{reverse('sync:events', args=[run.public_id])}?{session}",
        "agents": [{"id": agent.public_id, "url": agent.url} for agent in agents],
        "parents": request.signed_in.company.frame_origins,
    }
