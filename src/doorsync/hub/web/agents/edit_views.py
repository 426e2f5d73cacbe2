"""Adding and deleting agents."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.terminals.actions import create_agent, remove_agent
from doorsync.hub.terminals.models import Agent
from doorsync.hub.web.access.forms import NameForm
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs_permission(Permission.AGENTS)
def add_agent(request: SignedInRequest) -> HttpResponse:
    """A new agent, still without keys."""
    form = NameForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add an agent"), back=reverse("terminals:agents"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    name, company = form.cleaned_data["name"], request.signed_in.company
    told = _("The agent was added. Make a code for it, and start it with that.")
    return page.saved(lambda: create_agent(company=company, name=name, actor=request.signed_in.actor), told)


@require_http_methods(METHODS)
@needs_permission(Permission.AGENTS)
def delete_agent(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Delete it, once it reaches no terminal."""
    agent, back = get_object_or_404(Agent.objects.select_related("company"), public_id=public_id), reverse("terminals:agents")
    return removed(
        request,
        name=agent.name,
        change=lambda: remove_agent(agent=agent, actor=request.signed_in.actor),
        back=back,
        done=back,
        explained=[_("Its keys are worth nothing from then on. This cannot be undone.")],
    )
