"""Adding, changing and deleting terminals."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.sync.run.terminal_removal import may_still_hold, remove_terminal
from doorsync.hub.terminals import actions
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed
from doorsync.hub.web.terminals.forms import TerminalForm, info_of
from doorsync.hub.web.terminals.makes import LEVELS, agent_choices, makes_here

METHODS = ["GET", "HEAD", "POST"]
FORM = "terminals/door_form.html"


@require_http_methods(METHODS)
@needs_permission(Permission.DOORS)
def add_door(request: SignedInRequest) -> HttpResponse:
    """A new terminal: first its agent and make, then what that make asks for."""
    agent, make = _agent(request), request.POST.get("make") or request.GET.get("make", "")
    if agent is None and request.method != "POST":
        return render(request, "terminals/choose.html", {"choices": agent_choices(), "title": _("Add a door")})
    info = info_of(agent, make)
    initial = {"agent": agent, "make": make, "address": request.GET.get("address", "")}
    form = TerminalForm(request.POST or None, administrator=request.signed_in.administrator, info=info, initial=initial)
    title = _("Add a door: %(make)s") % {"make": info.title} if info else _("Add a door")
    page = FormPage(request=request, form=form, title=title, back=reverse("doors:list"), template=FORM)
    page.data = {"makes": makes_here(), "level": LEVELS.get(info.level, "") if info else ""}
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    told = _("The door was added. Put it into a zone, so that somebody may open it.")
    return page.saved(lambda: _add(request, form), told)


@require_http_methods(METHODS)
@needs_permission(Permission.DOORS)
def change_door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another name, place or address. With another address or agent, what it holds is unknown until it was read."""
    terminal, back = _found(request, public_id), reverse("doors:door", args=[public_id])
    info = info_of(terminal.agent, terminal.make)
    form = TerminalForm(request.POST or None, administrator=request.signed_in.administrator, terminal=terminal, info=info)
    title = _("Change “%(name)s”") % {"name": terminal.name}
    lead = _("With another address, make or agent, what the terminal holds is not known until it was read.")
    page = FormPage(request=request, form=form, title=title, back=back, template=FORM)
    page.data = {"makes": makes_here(), "lead": lead, "level": LEVELS.get(info.level, "") if info else ""}
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    return page.saved(lambda: _change(request, public_id, form), _("Your data has been updated."))


def _add(request: SignedInRequest, form: TerminalForm) -> None:
    actor, given = request.signed_in.actor, form.cleaned_data
    with company_transaction(request.signed_in.company, actor):
        secret = given.get("secret", "")
        added = actions.create_terminal(actor=actor, name=given["name"], secret=secret, options=form.options, **form.place)
        actions.set_readers(terminal=added, readers=form.chosen_readers, actor=actor)


def _change(request: SignedInRequest, public_id: str, form: TerminalForm) -> None:
    changed, actor, given = _found(request, public_id), request.signed_in.actor, form.cleaned_data
    with company_transaction(changed.company, actor):
        actions.rename_terminal(terminal=changed, name=given["name"], actor=actor)
        actions.change_terminal(terminal=changed, actor=actor, **form.place)
        if form.info or given["make"] != form.initial["make"]:
            actions.set_options(terminal=changed, options=form.options, actor=actor)
        actions.set_readers(terminal=changed, readers=form.chosen_readers, actor=actor)
        if given.get("secret"):
            actions.set_secret(terminal=changed, secret=given["secret"], actor=actor)


@require_http_methods(METHODS)
@needs_permission(Permission.DOORS)
def delete_door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Delete it once it is empty, or when its device is gone."""
    terminal = _found(request, public_id)
    held, lost = may_still_hold(terminal), bool(request.POST.get("lost"))
    explained = [_("What is known of it goes too. This cannot be undone.")]
    if held:
        explained.append(
            _("Its memory holds, or may hold, %(held)s entries. Whoever is in it can open this door as long as it stands there.")
            % {"held": held}
        )
    return removed(
        request,
        name=terminal.name,
        change=lambda: remove_terminal(terminal=terminal, lost=lost, actor=request.signed_in.actor),
        back=reverse("doors:door", args=[public_id]),
        done=reverse("doors:list"),
        explained=explained,
        template="terminals/delete.html",
        held=held,
        lost=lost,
    )


def _agent(request: SignedInRequest) -> Agent | None:
    given = request.POST.get("agent") or request.GET.get("agent", "")
    return Agent.objects.filter(pk=given).first() if given.isascii() and given.isdigit() and len(given) < 16 else None


def _found(request: SignedInRequest, public_id: str) -> Terminal:
    return get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
