"""The pages before a run: the filter with its plan, the people behind a number, and finding one person."""

from __future__ import annotations

from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.errors import UnknownChoice
from doorsync.hub.sync.holdings.terminal_status import terminal_statuses
from doorsync.hub.sync.plan.plan_people import plan_people
from doorsync.hub.sync.plan.selections import Selection, save_selection, saved_selection, within_limit
from doorsync.hub.sync.run.run_history import recent_runs
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import View, needs_any_sign_in, needs_sign_in
from doorsync.hub.web.people import person_search, person_terminals
from doorsync.hub.web.people.person_status import kept_only, person_status
from doorsync.hub.web.sync import page_links, plan_context
from doorsync.hub.web.sync.labels import COUNTS, describe_count
from doorsync.hub.web.sync.parameters import page_number, terminal_of

P = ParamSpec("P")


def needs_known_choice(view: View[P]) -> View[P]:
    """When an address or form names what is not there, say so beside the saved filter; nothing is sent or saved."""

    @wraps(view)
    def checked(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except UnknownChoice as error:
            return shown_plan(request, saved_selection(request.signed_in.administrator), 404, problem=str(error))
        return answer

    return checked


@require_GET
@needs_sign_in
@needs_known_choice
def plan_page(request: SignedInRequest) -> HttpResponse:
    """The sync page: filters set from the saved filter, or from the address once somebody chose."""
    chose = request.GET.keys() & {"location", "terminal", "group", "mode"}
    return shown_plan(request, chosen(request, request.GET) if chose else saved_selection(request.signed_in.administrator))


def chosen(request: SignedInRequest, query: QueryDict) -> Selection:
    """What an address or form chooses, within the administrator's limit. Raises UnknownChoice."""
    return within_limit(Selection.from_query(query), request.signed_in.administrator)


def shown_plan(request: SignedInRequest, choice: Selection, status: int = 200, **more: str) -> HttpResponse:
    """The whole page for a choice; after a refused press with the reason on it."""
    notes = [_("The filter is saved.")] if "saved" in request.GET else []
    data = {
        **plan_context.plan_context(request, choice, **more),
        "runs": recent_runs(request.signed_in.administrator),
        "zone": _zone(),
        "notes": notes,
    }
    return render(request, "sync/plan_page.html", {**data, "kept": urlencode(page_links.kept_values(request))}, status=status)


@require_GET
@needs_sign_in
@needs_known_choice
def plan_part(request: SignedInRequest) -> HttpResponse:
    """The plan alone, while somebody ticks; the address of the page follows, so that a reload shows the same."""
    choice = chosen(request, request.GET)
    if not request.headers.get("HX-Request"):
        return redirect(page_links.plan_address(request, choice))
    response = render(request, "sync/parts/plan.html", plan_context.plan_context(request, choice))
    response["HX-Replace-Url"] = page_links.plan_address(request, choice)
    return response


@require_POST
@needs_sign_in
@needs_known_choice
def save_filter(request: SignedInRequest) -> HttpResponse:
    """Keep what is chosen as this administrator's filter."""
    choice = chosen(request, request.POST)
    save_selection(administrator=request.signed_in.administrator, choice=choice, actor=request.signed_in.actor)
    return redirect(f"{page_links.plan_address(request, choice)}&saved=1")


@require_GET
@needs_sign_in
@needs_known_choice
def people_page(request: SignedInRequest) -> HttpResponse:
    """The people whom the plan counts under one number."""
    name = request.GET.get("state", "")
    if name not in COUNTS:
        raise Http404
    choice = chosen(request, request.GET)
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), pk=terminal_of(request.GET))
    found = plan_people(choice, terminal, COUNTS[name], page_number(request.GET))
    known = terminal_statuses([terminal])[terminal.pk].known
    word, explained = describe_count(choice, name, known=known)
    address = f"{reverse('sync:people')}?{page_links.selection_query(request, choice, of=terminal.pk, state=name)}&page="
    data = {
        "heading": _("%(terminal)s: %(word)s") % {"terminal": terminal.name, "word": word},
        "explained": explained,
        "people": found,
        "state": name,
        "zone": terminal.location.zone,
        "back": page_links.plan_address(request, choice),
        "earlier": f"{address}{found.previous_page_number()}" if found.has_previous() else "",
        "later": f"{address}{found.next_page_number()}" if found.has_next() else "",
    }
    return render(request, _page_or_part(request, "people"), data)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_any_sign_in
def find_page(request: SignedInRequest) -> HttpResponse:
    """People by name, number, id or card; for one of them, how every terminal stands. Forms post, so no card is in an address."""
    text = (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]
    asking = request.signed_in.administrator
    owner, key = person_search.find_by_card(request.signed_in.company, text, asking), request.GET.get("key", "")
    found = [owner] if owner else person_search.find_people(text, asking)
    if owner or (person_search.may_be_card(text) and not found):
        text = ""  # a card is never repeated, nor what may be one
    keep = page_links.kept_values(request)
    address = f"{reverse('sync:find')}?{urlencode({**keep, 'q': text})}"
    chosen = next((each for each in found if each.key == key), found[0] if len(found) == 1 else None)
    data: dict[str, Any] = {
        "sought": text,
        "asked": bool(text) or owner is not None or bool(request.POST.get("q", "").strip() or request.GET.get("q", "").strip()),
        "keep": keep,
        "most": person_search.MOST,
        "people": [(each, f"{address}&{urlencode({'key': each.key})}") for each in found],
        "back": address,
        "several": len(found) > 1,
        "plan_address": f"{reverse('sync:plan-page')}?{urlencode(keep)}",
    }
    if chosen:
        places = person_terminals.person_terminals(
            request.signed_in.company, key=chosen.key, user_id=chosen.user_id, terminals=visible_terminals(asking)
        )
        data |= {"person": chosen, "places": places, "standing": person_status(places), "kept_only": kept_only(chosen.user_id)}
    return render(request, _page_or_part(request, "find", "found"), data)


def _page_or_part(request: SignedInRequest, page: str, part: str = "") -> str:
    by_htmx = request.headers.get("HX-Request")
    return f"sync/parts/{part or page}.html" if by_htmx else f"sync/{page}.html"


def _zone() -> ZoneInfo:
    location = Location.objects.order_by("pk").first()
    return location.zone if location else ZoneInfo("UTC")
