"""Adding, changing and deleting terminals."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.sync.run.terminal_removal import may_still_hold, remove_terminal
from doorsync.hub.terminals import actions
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed
from doorsync.hub.web.terminals.forms import TerminalForm, makes_here

METHODS = ["GET", "HEAD", "POST"]
FORM = "terminals/door_form.html"


@require_http_methods(METHODS)
@needs_permission(Permission.DOORS)
def add_door(request: SignedInRequest) -> HttpResponse:
    """A new terminal."""
    form = TerminalForm(request.POST or None, administrator=request.signed_in.administrator)
    page = FormPage(request=request, form=form, title=_("Add a door"), back=reverse("doors:list"), template=FORM)
    page.data = {"makes": makes_here()}
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    actor = request.signed_in.actor
    told = _("The door was added. Put it into a zone, so that somebody may open it.")
    return page.saved(lambda: actions.create_terminal(actor=actor, **form.cleaned_data), told)


@require_http_methods(METHODS)
@needs_permission(Permission.DOORS)
def change_door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another name, place or address. With another address or agent, what it holds is unknown until it was read."""
    terminal, back = _found(request, public_id), reverse("doors:door", args=[public_id])
    form = TerminalForm(request.POST or None, administrator=request.signed_in.administrator, terminal=terminal)
    title = _("Change “%(name)s”") % {"name": terminal.name}
    lead = _("With another address, make or agent, what the terminal holds is not known until it was read.")
    page = FormPage(request=request, form=form, title=title, back=back, template=FORM)
    page.data = {"makes": makes_here(), "lead": lead}
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        changed, fields = _found(request, public_id), dict(form.cleaned_data)
        actions.rename_terminal(terminal=changed, name=fields.pop("name"), actor=request.signed_in.actor)
        actions.change_terminal(terminal=changed, actor=request.signed_in.actor, **fields)

    return page.saved(change, _("Your data has been updated."))


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


def _found(request: SignedInRequest, public_id: str) -> Terminal:
    return get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
