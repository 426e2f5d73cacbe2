"""Revocations: the list, everything about one person, and the receipt as a file that is checked elsewhere."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.web.activity.erasure_rows import is_former
from doorsync.hub.web.activity.event_choice import DIGITS, EventChoice
from doorsync.hub.web.activity.revocation_rows import PersonRevocations, person_revocations, receipt_file, revocation_page
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission


@require_safe
@needs_full_sign_in
def revocations(request: SignedInRequest) -> HttpResponse:
    """One page of the list, of whom the address asks for."""
    choice = EventChoice.from_query(request.GET)
    rows, more = revocation_page(request.signed_in.administrator, choice)
    data = {
        "text": choice.text,
        "rows": rows,
        "newer": f"?{choice.query(page=choice.page - 1)}" if choice.page > 1 else "",
        "older": f"?{choice.query(page=choice.page + 1)}" if more else "",
    }
    return render(request, "activity/revocations.html", data)


@require_safe
@needs_full_sign_in
def revocation(request: SignedInRequest, number: int) -> HttpResponse:
    """Each door of one person: when they were read back as out, or that the door still has them."""
    return render(
        request,
        "activity/revocation.html",
        {"found": _found(request, number), "may_erase": is_former(request.signed_in.administrator, number)},
    )


@require_safe
@needs_permission(Permission.VIEW)
def revocation_receipt(request: SignedInRequest, number: int) -> HttpResponse:
    """The same as a file with what the agents signed. Who took it along is in the audit."""
    found = _found(request, number)
    trail.record("revocations.exported", actor=request.signed_in.actor, number=number)
    answer = JsonResponse(receipt_file(request.signed_in.company, found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="revocation-receipt-{number}.json"'
    return answer


def _found(request: SignedInRequest, number: int) -> PersonRevocations:
    found = person_revocations(request.signed_in.administrator, number) if len(str(number)) < DIGITS else None
    if found is None:
        raise Http404
    return found
