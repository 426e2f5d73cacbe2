"""The page of one person with their last events."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.events.queries import events_of_person
from doorsync.hub.web.activity.event_choice import EventChoice
from doorsync.hub.web.activity.event_rows import EventPage, event_rows
from doorsync.hub.web.activity.log_views import rows_data
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.people.person_page import head, user_by_number


@require_safe
@needs_full_sign_in
def person_events(request: SignedInRequest, number: int) -> HttpResponse:
    """Where they were last, and what became of it; all of it is in the access log."""
    user, administrator = user_by_number(request, number), request.signed_in.administrator
    events = events_of_person(number, locations=location_limit(administrator))
    choice = EventChoice(person=number)
    data = {
        **head(request, user, "people:events"),
        **rows_data(choice, EventPage(rows=event_rows(administrator, events))),
        "all_events": f"{reverse('activity:log')}?{choice.query()}",
    }
    return render(request, "people/events.html", data)
