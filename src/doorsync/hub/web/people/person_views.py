"""The pages of one person that only show: the doors, each with why or why not."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.people.person_page import head, user_by_number


@require_safe
@needs_full_sign_in
def person_doors(request: SignedInRequest, number: int) -> HttpResponse:
    """Each door with what it holds of this person, and why."""
    return render(request, "people/doors.html", head(request, user_by_number(request, number), "people:doors"))
