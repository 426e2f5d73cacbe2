"""Holding a door open, locking it down and giving it back, from its page; and the same for all doors of a location."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.terminals.door_modes import ask_for_mode, lock_down, mode_obstacle
from doorsync.hub.terminals.errors import TerminalsError
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]
REFUSED = 409
MINUTES = (5, 15, 30, 60, 120, 240, 480, 1440)
DEEDS = ("hold", "lock-down", "back")


@require_http_methods(METHODS)
@needs_permission(Permission.OPEN)
def door_mode(request: SignedInRequest, public_id: str, do: str) -> HttpResponse:
    """Ask once, by the name of the door; then let its agent tell it."""
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
    if do not in DEEDS:
        raise Http404
    known = terminal.capabilities.mode_doors
    given = request.POST.get("door") or request.GET.get("door", "")
    door = int(given) if given in known else int(known[0]) if len(known) == 1 and not given else 0
    problem = mode_obstacle(terminal, timezone.now()) or ("" if door else _("It is not said which of its doors."))
    if request.method == "POST" and not problem:
        minutes = request.POST.get("minutes", "")
        until = timezone.now() + timedelta(minutes=int(minutes)) if minutes in map(str, MINUTES) and do == "hold" else None
        try:
            ask_for_mode(terminal=terminal, door=door, do=do, actor=request.signed_in.actor, until=until)
        except TerminalsError as error:
            problem = str(error)
        else:
            return SeeOther(f"{reverse('doors:door', args=[public_id])}#openings")
    named = {"name": terminal.name, "door": door}
    data = {
        **_question(do, f"{terminal.name}, {_('door %(door)s') % named}" if len(known) > 1 and door else terminal.name),
        "problem": problem,
        "back": reverse("doors:door", args=[public_id]),
        "hidden": [("door", door)],
    }
    return render(request, "terminals/mode.html", data, status=REFUSED if request.method == "POST" else 200)


@require_http_methods(METHODS)
@needs_permission(Permission.OPEN)
def location_mode(request: SignedInRequest) -> HttpResponse:
    """Lock all doors of a location down, or give them back. Which ones could not be told is said with their names."""
    terminals = list(visible_terminals(request.signed_in.administrator))
    locations = {str(each.location.pk): each.location for each in terminals}
    given, do = (getattr(request, request.method or "GET", request.GET).get(name, "") for name in ("location", "do"))
    location = locations.get(given)
    if location is None or do not in ("lock-down", "back"):
        return render(
            request, "terminals/lock_down.html", {"title": _("Lock a location down"), "locations": list(locations.values())}
        )
    there = [each for each in terminals if each.location_id == location.pk]
    if request.method == "POST":
        _tell(request, there, do)
        return SeeOther(reverse("doors:list"))
    now = timezone.now()
    data = {
        **_question(do, location.name),
        "doors": [(each, mode_obstacle(each, now)) for each in there],
        "back": reverse("doors:list"),
        "hidden": [("location", given), ("do", do)],
    }
    return render(request, "terminals/mode.html", data)


def _tell(request: SignedInRequest, terminals: list[Terminal], do: str) -> None:
    told = lock_down(terminals=terminals, actor=request.signed_in.actor, do=do)
    asked = ngettext("%(n)s door is being told.", "%(n)s doors are being told.", told.asked) % {"n": told.asked}
    left = " ".join(f"{name}: {why}" for name, why in told.left_out)
    tell(request, f"{asked} {_('Not told:')} {left}" if left else asked, "bad" if left else "good")


def _question(do: str, name: str) -> dict[str, Any]:
    written = _("Your name and the time are written down.")
    if do == "hold":
        return {
            "title": _("Hold “%(name)s” open?") % {"name": name},
            "explained": [
                _("Everybody may pass until the time is over. Then the agent gives it back, also without the hub."),
                written,
            ],
            "button": _("Hold it open"),
            "minutes": MINUTES,
            "grave": True,
        }
    if do == "lock-down":
        exits = _(
            "Whether a button beside the door still lets people out is a matter of the terminal: try it before you rely on it."
        )
        return {
            "title": _("Lock “%(name)s” down?") % {"name": name},
            "explained": [_("No card and no PIN opens it until somebody gives it back to its schedules."), exits, written],
            "button": _("Lock down"),
            "grave": True,
        }
    return {
        "title": _("Give “%(name)s” back to its schedules?") % {"name": name},
        "explained": [_("From now on it opens to whom its rights and schedules say."), written],
        "button": _("Back to its schedules"),
    }
