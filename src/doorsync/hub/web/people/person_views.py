"""The pages of one person that only show: the doors, each with why or why not."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission
from doorsync.hub.web.people.person_changes import MOST, REACH, person_changes
from doorsync.hub.web.people.person_page import head, user_by_number


@require_safe
@needs_full_sign_in
def person_doors(request: SignedInRequest, number: int) -> HttpResponse:
    """Each door with what it holds of this person, and why."""
    return render(request, "people/doors.html", head(request, user_by_number(request, number), "people:doors"))


@require_safe
@needs_permission(Permission.AUDIT)
def person_changes_page(request: SignedInRequest, number: int) -> HttpResponse:
    """What was done to this person, and by whom."""
    user = user_by_number(request, number)
    data = {
        **head(request, user, "people:changes"),
        "changes": person_changes(user),
        "zone": company_zone(),
        "most": MOST,
        "reach": number_format(REACH, use_l10n=True, force_grouping=True),
    }
    return render(request, "people/changes.html", data)
