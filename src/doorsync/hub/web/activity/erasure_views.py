"""Erasures: the list, and the receipt of each, on a page and as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.privacy.erasing import erase_former
from doorsync.hub.privacy.errors import NumberInUse
from doorsync.hub.web.activity.erasure_rows import ErasureRow, erasure_page, erasure_receipt, erasure_row, is_former
from doorsync.hub.web.activity.event_choice import EventChoice
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.sign_in.answers import SeeOther


@require_safe
@needs_permission(Permission.PRIVACY)
def erasures(request: SignedInRequest) -> HttpResponse:
    """One page of the list."""
    choice = EventChoice.from_query(request.GET)
    rows, more = erasure_page(choice.page)
    data = {
        "rows": rows,
        "zone": company_zone(),
        "newer": f"?{choice.query(page=choice.page - 1)}" if choice.page > 1 else "",
        "older": f"?{choice.query(page=choice.page + 1)}" if more else "",
    }
    return render(request, "activity/erasures.html", data)


@require_safe
@needs_permission(Permission.PRIVACY)
def erasure(request: SignedInRequest, pk: int) -> HttpResponse:
    """The doors that are left, and the receipt when none is."""
    return render(request, "activity/erasure.html", {"row": _found(pk), "zone": company_zone()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PRIVACY)
def erase_former_person(request: SignedInRequest, number: int) -> HttpResponse:
    """Ask for the number, then forget who they were that was deleted before."""
    if not is_former(request.signed_in.administrator, number):
        raise Http404
    if request.method != "POST":
        return _ask(request, number)
    if request.POST.get("word", "").strip() != str(number):
        return _ask(request, number, 422, problem=_("That is not “%(name)s”. Nobody was erased.") % {"name": number})
    try:
        begun = erase_former(company=request.signed_in.company, number=number, actor=request.signed_in.actor)
    except NumberInUse:
        tell(request, _("Somebody has this number now. Erase them on their own page."), "bad")
        return SeeOther(reverse("activity:revocation", args=[number]))
    tell(request, _("Number %(number)s is being erased.") % {"number": number})
    return SeeOther(reverse("activity:erasure", args=[begun.pk]))


@require_safe
@needs_permission(Permission.PRIVACY)
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same as a file."""
    made = erasure_receipt(request.signed_in.company, _found(pk))
    answer = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="erasure-{pk}.json"'
    return answer


def _ask(request: SignedInRequest, number: int, status: int = 200, problem: str = "") -> HttpResponse:
    data: dict[str, Any] = {
        "title": _("Erase what is left of number %(number)s?") % {"number": number},
        "explained": [
            _("This person was deleted before. Their name in revocations and who they were in the access log go for good."),
            _("Events stay, without the person. The name goes when the last door has confirmed that they are out."),
        ],
        "word": str(number),
        "button": _("Erase"),
        "back": reverse("activity:revocation", args=[number]),
        "problem": problem,
        "grave": True,
    }
    return render(request, "app/confirm.html", data, status=status)


def _found(pk: int) -> ErasureRow:
    found = erasure_row(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
