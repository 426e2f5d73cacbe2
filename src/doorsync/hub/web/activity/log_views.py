"""The access log: the list, one event with its why, and the list as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.activity.event_choice import EventChoice, visible_events
from doorsync.hub.web.activity.event_rows import EventPage, event_page, event_rows
from doorsync.hub.web.activity.event_words import REASON_WORDS, RESULT_WORDS
from doorsync.hub.web.activity.export import csv_portions
from doorsync.hub.web.activity.why import concerned_user, explanations, place_now, shown_card
from doorsync.hub.web.csv_downloads import csv_download
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """A result or a reason that the list can be limited to."""

    value: str
    text: str
    chosen: bool


@require_safe
@needs_full_sign_in
def access_log(request: SignedInRequest) -> HttpResponse:
    """One page of the events that the address asks for."""
    administrator, choice = request.signed_in.administrator, EventChoice.from_query(request.GET)
    page = event_page(administrator, choice)
    data: dict[str, Any] = {
        **rows_data(choice, page),
        "doors": [(door, door.pk in choice.doors) for door in visible_terminals(administrator)],
        "results": _choosable(RESULT_WORDS, choice.result),
        "reasons": _choosable(REASON_WORDS, choice.reason),
        "live": f"{reverse('activity:live')}?{choice.query(page=1)}" if choice.page == 1 else "",
        "clean": reverse("activity:log"),
    }
    return render(request, "activity/log.html", data)


@require_safe
@needs_full_sign_in
def event_page_view(request: SignedInRequest, number: int) -> HttpResponse:
    """One event: all that was told, and why."""
    administrator = request.signed_in.administrator
    event = visible_events(administrator).filter(number=number).select_related("terminal", "location", "log", "company").first()
    if event is None:
        raise Http404
    (row,) = event_rows(administrator, [event])
    user = concerned_user(event, administrator)
    place = place_now(event, user, administrator) if user and event.terminal_id else None
    data = {
        "row": row,
        "user": user,
        "shown_clock": event.wall.replace("T", " "),
        "card": shown_card(event, administrator),
        "explanations": explanations(event, user, place) if row.asks_why else [],
    }
    return render(request, "activity/event.html", data)


@require_POST
@needs_permission(Permission.VIEW)
def export_events(request: SignedInRequest) -> HttpResponseBase:
    """The events of a choice as CSV, as they are read; who took them along is in the audit."""
    choice = EventChoice.from_query(request.POST)
    trail.record("events.exported", actor=request.signed_in.actor)
    return csv_download(csv_portions(request.signed_in.administrator, choice), "access-log.csv")


def rows_data(choice: EventChoice, page: EventPage) -> dict[str, Any]:
    """What the part of the page shows that is replaced when something new comes."""
    return {
        "choice": choice,
        "page": page,
        "newer": _address(choice, choice.page - 1) if choice.page > 1 else "",
        "older": _address(choice, choice.page + 1) if page.more else "",
    }


def _address(choice: EventChoice, page: int) -> str:
    return f"{reverse('activity:log')}?{choice.query(page=page)}"


def _choosable(words: Any, chosen: str) -> list[Choosable]:
    return [Choosable(value=value, text=str(text), chosen=value == chosen) for value, text in words.items()]
