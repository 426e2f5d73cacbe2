"""What a person may ask for: all that is known of them, as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission, credential_view
from doorsync.hub.privacy.export import export_person
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.people.person_page import user_by_number


@require_safe
@needs_permission(Permission.PRIVACY)
def export_data(request: SignedInRequest, number: int) -> HttpResponse:
    """All that the hub has of a person, as JSON: see docs/reference/person-file.md."""
    user, administrator = user_by_number(request, number), request.signed_in.administrator
    made = export_person(user=user, view=credential_view(administrator), actor=request.signed_in.actor)
    answer = HttpResponse(made.model_dump_json(indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="person-{number}.json"'
    return answer
