"""Changing how an uploaded file is read: its encoding and separator, and which column stands for which of ours."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.import_columns import chosen_mapping
from doorsync.hub.web.people.import_forms import ReadingForm
from doorsync.hub.web.people.import_reading import header_of, own_file, read_anew
from doorsync.hub.web.sign_in.answers import SeeOther


@require_POST
@needs_permission(Permission.PEOPLE)
def change_reading(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Read it with another encoding or separator. Its columns may then be others: they are mapped anew."""
    file = own_file(request, public_id)
    form = ReadingForm(request.POST)
    if form.is_valid():
        read_anew(request, file, **form.cleaned_data, columns=None)
    else:
        tell(request, _("Choose an encoding and a separator from the lists. Nothing was changed."), "wait")
    return SeeOther(reverse("people:import-preview", args=[public_id]))


@require_POST
@needs_permission(Permission.PEOPLE)
def map_columns(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Which column of the file stands for which of ours."""
    file = own_file(request, public_id)
    read_anew(request, file, columns=chosen_mapping(header_of(file), request.POST))
    return SeeOther(reverse("people:import-preview", args=[public_id]))
