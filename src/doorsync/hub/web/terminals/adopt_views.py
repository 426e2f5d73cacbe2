"""The page on which a terminal in use is adopted: who is in it beside who should be, and what an administrator confirms."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.sync.errors import AdoptionChanged, NoStranger
from doorsync.hub.sync.holdings.adoption import Sign, compare
from doorsync.hub.sync.run.adoptions import adopt_people
from doorsync.hub.sync.run.stranger_decisions import keep_strangers, release_strangers
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.sync.parameters import ids_of

METHODS = ["GET", "HEAD", "POST"]
REFUSED = 409
NAMED = 100  # of those who are only here


@require_http_methods(METHODS)
@needs_permission(Permission.SYNC, reads=Permission.VIEW)
def adopt_door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who is there, who should be, and a button for each group. Nothing is written to the terminal before that."""
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
    if request.method != "POST":
        return _shown(request, terminal)
    try:
        told = _decided(request, terminal)
    except NoStranger:
        return _shown(request, terminal, problem=_("Tick whom you have decided on first."))
    except AdoptionChanged as error:
        return _shown(request, terminal, problem=str(error))
    tell(request, told)
    return SeeOther(reverse("doors:adopt", args=[terminal.public_id]))


def _decided(request: SignedInRequest, terminal: Terminal) -> str:
    """Carry out what was confirmed; returns what to say of it. Raises NoStranger or AdoptionChanged."""
    actor, decision = request.signed_in.actor, request.POST.get("decision", "")
    if decision == "adopt":
        people = _pairs(request.POST.getlist("pair"))
        n = adopt_people(terminal=terminal, people=people, actor=actor)
        return ngettext("%(n)d person was taken over.", "%(n)d people were taken over.", n) % {"n": n}
    ids = ids_of(request.POST, "stranger")
    if decision == "keep":
        n = keep_strangers(terminal=terminal, ids=ids, actor=actor)
        return ngettext("%(n)d stays in the terminal.", "%(n)d stay in the terminal.", n) % {"n": n}
    if decision == "release":
        n = release_strangers(terminal=terminal, ids=ids, actor=actor)
        return ngettext("%(n)d is removed from the terminal.", "%(n)d are removed from the terminal.", n) % {"n": n}
    raise NoStranger


def _pairs(values: list[str]) -> dict[int, str]:
    """What was ticked or chosen, as the id of a stranger and the key of a person; an empty choice is left out."""
    pairs = (value.partition(":") for value in values if value)
    return {int(pk): key for pk, _colon, key in pairs if pk.isascii() and pk.isdigit() and len(pk) < 19}


def _shown(request: SignedInRequest, terminal: Terminal, *, problem: str = "") -> HttpResponse:
    found = compare(terminal)
    words = {Sign.CARD: _("card"), Sign.NUMBER: _("number"), Sign.NAME: _("name")}
    data: dict[str, Any] = {
        "terminal": terminal,
        "title": _("Adopt “%(name)s”") % {"name": terminal.name},
        "problem": problem,
        "read": bool(terminal.verified_at) and not terminal.unread,
        "read_address": f"{reverse('sync:plan-page')}?mode=verify&terminal={terminal.pk}",
        "matched": [(each, ", ".join(str(words[sign]) for sign in Sign if sign in each.person.signs)) for each in found.matched],
        "moved": sum(not each.in_place for each in found.matched),
        "doubtful": found.doubtful,
        "only_there": found.only_there,
        "only_here": found.only_here[:NAMED],
        "only_here_count": len(found.only_here),
        "only_here_more": max(0, len(found.only_here) - NAMED),
        "schedules": found.schedules,
    }
    return render(request, "terminals/adopt.html", data, status=REFUSED if problem else 200)
