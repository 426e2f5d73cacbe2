"""The agents page: how each agent stands, and codes with which they bring their keys. For full sign-ins only."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.settings.config import config
from doorsync.hub.terminals.agent_status import agents_with_status
from doorsync.hub.terminals.enrolment import issue_code
from doorsync.hub.terminals.errors import BadFingerprint
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.hub.web.agents.forms import PageEnrolmentForm
from doorsync.hub.web.decorators import needs_permission


@require_GET
@needs_permission(Permission.AGENTS)
def agents_page(request: SignedInRequest) -> HttpResponse:
    """All agents of the company."""
    return _page(request)


@require_POST
@needs_permission(Permission.AGENTS)
def make_code(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Make a code and show it, this once; with an address this page may then carry the enrolment itself."""
    agent = get_object_or_404(Agent.objects.select_related("company"), public_id=public_id)
    form = PageEnrolmentForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, problem=" ".join(str(error) for errors in form.errors.values() for error in errors))
    address, key = form.cleaned_data["address"], form.cleaned_data["key"]
    try:
        code = issue_code(agent=agent, actor=request.signed_in.actor, bound=key)
    except BadFingerprint as error:
        return _page(request, 400, problem=str(error))
    request.connect_to = [address] if address else []
    return _page(request, shown={"agent": agent, "code": code, "address": address})


def _page(request: SignedInRequest, status: int = 200, **more: Any) -> HttpResponse:
    data = {
        "agents": agents_with_status(timezone.now()),
        "hub_url": config().origin,
        "hub_key": hub_keys().public.fingerprint(),
        "title": _("Agents"),
        **more,
    }
    return render(request, "agents/agents.html", data, status=status)
