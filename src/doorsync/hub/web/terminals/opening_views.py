"""Opening a door from its page: a question with its name, the request, and what became of the last ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.terminals.door_modes import mode_obstacle
from doorsync.hub.terminals.door_openings import SENTENCES, Obstacle, ask_to_open, obstacle
from doorsync.hub.terminals.errors import TerminalsError
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.terminals.door_state_rows import state_rows
from doorsync.hub.web.terminals.opening_rows import opening_row

METHODS = ["GET", "HEAD", "POST"]
REFUSED = 409
SHOWN = 5  # openings of a door


@require_http_methods(METHODS)
@needs_permission(Permission.OPEN)
def open_door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Ask once, by the name of the door; then let its agent open it."""
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
    door = _door(request, terminal)
    if request.method == "POST":
        try:
            ask_to_open(terminal=terminal, door=door, actor=request.signed_in.actor)
        except TerminalsError as error:
            return _question(request, terminal, door, problem=str(error))
        return SeeOther(f"{reverse('doors:door', args=[public_id])}#openings")
    found = obstacle(terminal, timezone.now())
    return _question(request, terminal, door, problem=str(SENTENCES[found]) if found else "")


@require_safe
@needs_permission(Permission.OPEN, reads=Permission.VIEW)
def openings(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What became of the last requests, for the part of the page that is fetched again until nothing is awaited."""
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
    data = opening_data(terminal)
    answer = render(request, "terminals/parts/openings.html", data)
    answer["X-Waiting"] = "1" if data["waiting"] else "0"
    return answer


def opening_address(terminal: Terminal) -> str:
    """Where the button of a terminal in a list leads to: the question, or its page where it has several doors; "" for none."""
    if obstacle(terminal, timezone.now()):
        return ""
    if len(terminal.capabilities.remote_doors) > 1:
        return f"{reverse('doors:door', args=[terminal.public_id])}#openings"
    return reverse("doors:open", args=[terminal.public_id])


def opening_data(terminal: Terminal) -> dict[str, Any]:
    """What the part of the page about opening shows: the doors that can be opened now, or why none can; the last requests.

    A door of which it is not known yet what came of the last request has no button meanwhile.
    """
    now = timezone.now()
    found = obstacle(terminal, now)
    rows = [opening_row(each, now) for each in terminal.openings.select_related("administrator")[:SHOWN]]
    cannot = "mode_doors" in terminal.limits and not terminal.capabilities.mode_doors  # of which nothing is said
    awaited, known = {str(row.opening.door) for row in rows if row.waiting}, terminal.capabilities.remote_doors
    return {
        "terminal": terminal,
        "zone": terminal.location.zone,
        "doors": [] if found else [door for door in known if door not in awaited],
        "several": len(known) > 1,
        "obstacle": SENTENCES[found] if found else "",
        "lost": found is Obstacle.LOST,
        "states": state_rows(terminal, terminal.door_states.select_related("administrator"), now),
        "mode_doors": terminal.capabilities.mode_doors if not mode_obstacle(terminal, now) else [],
        "mode_problem": "" if found or cannot else mode_obstacle(terminal, now),
        "openings": rows,
        "waiting": bool(awaited),
    }


def _door(request: HttpRequest, terminal: Terminal) -> int:
    """The number of the door that is meant: the only one, unless the address says which."""
    known = terminal.capabilities.remote_doors
    given = request.POST.get("door") or request.GET.get("door", "")
    return int(given) if given in known else int(known[0]) if len(known) == 1 and not given else 0


def _question(request: SignedInRequest, terminal: Terminal, door: int, *, problem: str) -> HttpResponse:
    several = len(terminal.capabilities.remote_doors) > 1
    named = {"name": terminal.name, "door": door}
    title = _("Open door %(door)s of “%(name)s”?") % named if several and door else _("Open “%(name)s”?") % named
    data = {
        "title": title,
        "terminal": terminal,
        "door": door,
        "problem": problem or ("" if door else _("It is not said which of its doors.")),
        "explained": [
            _("It opens once, for a moment, for whoever stands before it in %(place)s.") % {"place": terminal.location.name},
            _("Your name and the time are written down."),
        ],
        "button": _("Open it now"),
        "back": reverse("doors:door", args=[terminal.public_id]),
        "hidden": [("door", door)],
    }
    status = REFUSED if request.method == "POST" else 200
    return render(request, "terminals/open.html", data, status=status)
