"""Erasures: the list, and the receipt of each, on a page and as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.activity.erasure_rows import ErasureRow, erasure_page, erasure_receipt, erasure_row
from doorsync.hub.web.activity.event_choice import EventChoice
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_permission


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


@require_safe
@needs_permission(Permission.PRIVACY)
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same as a file."""
    made = erasure_receipt(request.signed_in.company, _found(pk))
    answer = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="erasure-{pk}.json"'
    return answer


def _found(pk: int) -> ErasureRow:
    found = erasure_row(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
