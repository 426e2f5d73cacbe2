"""What a person may ask for: all that is known of them as a file, and that all of it is erased."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.domain.record import Kind
from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission, credential_view
from doorsync.hub.privacy.erasing import erase_person
from doorsync.hub.privacy.export import export_person
from doorsync.hub.sync.models import Stranger
from doorsync.hub.users.any_case import any_case
from doorsync.hub.users.errors import UserGone
from doorsync.hub.users.models import User
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.held_back import tell_held_back
from doorsync.hub.web.people.person_page import user_by_number
from doorsync.hub.web.people.standing_views import doors_that_lose
from doorsync.hub.web.sign_in.answers import SeeOther


@require_safe
@needs_permission(Permission.PRIVACY)
def export_data(request: SignedInRequest, number: int) -> HttpResponse:
    """All that the hub has of a person, as JSON: see docs/reference/person-file.md."""
    user, administrator = user_by_number(request, number), request.signed_in.administrator
    made = export_person(user=user, view=credential_view(administrator), actor=request.signed_in.actor)
    answer = HttpResponse(made.model_dump_json(indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="person-{number}.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PRIVACY)
def erase(request: SignedInRequest, number: int) -> HttpResponse:
    """Ask for the last name, then take the person out of all doors and forget who they were."""
    user = user_by_number(request, number)
    if request.method != "POST":
        return _ask(request, user)
    if normalized_text(request.POST.get("word", "")).casefold() != user.last_name.casefold():
        return _ask(request, user, 422, problem=_("That is not “%(name)s”. Nobody was erased.") % {"name": user.last_name})
    try:
        begun = erase_person(user=user, actor=request.signed_in.actor)
    except UserGone:
        tell(request, _("Somebody has removed this person meanwhile."), "bad")
        return SeeOther(reverse("people:list"))
    tell(request, _("Number %(number)s is being erased.") % {"number": number})
    tell_held_back(request)
    return SeeOther(reverse("activity:erasure", args=[begun.pk]))


def _ask(request: SignedInRequest, user: User, status: int = 200, problem: str = "") -> HttpResponse:
    data: dict[str, Any] = {
        "title": _("Erase %(name)s?") % {"name": user.full_name},
        "explained": [
            doors_that_lose(user),
            _("What names them is erased for good: details, cards, PINs, visits, and who they were in the access log."),
            _("Events stay, without the person. The name goes when the last door has confirmed that they are out."),
            *_namesakes(user),
        ],
        "word": user.last_name,
        "button": _("Erase"),
        "back": reverse("people:person", args=[user.number]),
        "problem": problem,
        "grave": True,
    }
    return render(request, "app/confirm.html", data, status=status)


def _namesakes(user: User) -> list[str]:
    """Entries of terminals that no erasure reaches, since nobody knows who they are."""
    found = Stranger.objects.filter(any_case("name__iexact", user.full_name), kind=Kind.USER).count()
    if not found:
        return []
    told = ngettext(
        "%(n)s door holds somebody of this name whom Doorsync did not put there. Decide on them at that door first.",
        "%(n)s doors hold somebody of this name whom Doorsync did not put there. Decide on them at these doors first.",
        found,
    )
    return [told % {"n": found}]
