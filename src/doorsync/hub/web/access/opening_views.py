"""Who can open this door, and which doors one person can open: from the rules, from what the doors hold, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.holdings.access_graph import load_access_graph
from doorsync.hub.sync.holdings.visible_users import visible_users
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.access.openers import openers, others
from doorsync.hub.web.access.rule_verdicts import BADGES, rule_verdict
from doorsync.hub.web.badges import Badge
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.people.person_search import find_people
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, person_terminals
from doorsync.hub.web.sync.parameters import page_number

LAST_PAGE = 100_000
LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOfPerson:
    """One door: what the rules say at the moment, and how it stands."""

    look: Badge
    place: PersonAtTerminal


@require_safe
@needs_full_sign_in
def who_opens(request: SignedInRequest) -> HttpResponse:
    """Ask for a door or a person, and a moment; the answer stands below."""
    doors = visible_terminals(request.signed_in.administrator)
    door, text = request.GET.get("door", ""), " ".join(request.GET.get("q", "").replace("\0", " ").split())[:100]
    terminal = get_object_or_404(doors, public_id=door) if door else None
    zone = terminal.location.zone if terminal else company_zone()
    moment, wrong = _moment(request.GET.get("at", ""), zone)
    data: dict[str, Any] = {"doors": doors, "terminal": terminal, "q": text, "zone": zone, "title": _("Who can open")}
    data |= {"moment": moment, "wrong": wrong, "at": moment.astimezone(zone).strftime(LOCAL)}
    if terminal:
        data |= _of_door(request, terminal, moment)
    elif text:
        data |= _of_person(request, text, moment)
    return render(request, "access/openings.html", data)


def _moment(given: str, zone: tzinfo) -> tuple[datetime, bool]:
    """The moment on the clock of this zone; now, and whether that was not what was asked for."""
    if not given:
        return timezone.now(), False
    try:
        moment = datetime.strptime(given, LOCAL).replace(tzinfo=zone)
    except ValueError:
        return timezone.now(), True
    fits = MINYEAR < moment.year < MAXYEAR  # so that every zone has it
    return (moment, False) if fits else (timezone.now(), True)


def _of_door(request: SignedInRequest, terminal: Terminal, moment: datetime) -> dict[str, Any]:
    page = min(page_number(request.GET), LAST_PAGE)
    shown, more = openers(request.signed_in.administrator, terminal, moment, page)
    kept = {"door": terminal.public_id, "at": request.GET.get("at", "")}

    def address(number: int) -> str:
        return f"{reverse('access:openings')}?{urlencode({**kept, 'page': number})}"

    pages = {"page": page, "earlier": address(page - 1) if page > 1 else "", "later": address(page + 1) if more else ""}
    return {"openers": shown, "pages": pages, "others": others(terminal)}


def _of_person(request: SignedInRequest, text: str, moment: datetime) -> dict[str, Any]:
    administrator = request.signed_in.administrator
    found = [each for each in find_people(text, administrator) if each.user_id]
    exact = [each for each in found if each.key == text] or found
    if len(exact) != 1:
        return {"found": found, "asked": True}
    chosen = visible_users(administrator).get(pk=exact[0].user_id or 0)
    doors = visible_terminals(administrator)
    places = person_terminals(request.signed_in.company, key=str(chosen.number), user_id=chosen.pk, terminals=doors)
    graph, groups = load_access_graph(), list(chosen.memberships.values_list("group_id", flat=True))
    rows = [
        DoorOfPerson(look=BADGES[rule_verdict(chosen, groups, place.terminal.pk, graph, moment)], place=place) for place in places
    ]
    return {"person": chosen, "rows": rows}
