"""Revocations: the list, everything about one person, and the receipt as a file that is checked elsewhere."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.web.activity.revocation_rows import (
    DIGITS,
    LAST_PAGE,
    LONGEST_TEXT,
    PersonRevocations,
    person_revocations,
    receipt_file,
    revocation_page,
)
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission


@require_safe
@needs_full_sign_in
def revocations(request: SignedInRequest) -> HttpResponse:
    """One page of the list, of whom the address asks for."""
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_TEXT]
    asked = request.GET.get("page", "")
    page = min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < DIGITS else 1
    rows, more = revocation_page(request.signed_in.administrator, text, page)
    data = {
        "text": text,
        "rows": rows,
        "newer": _address(text, page - 1) if page > 1 else "",
        "older": _address(text, page + 1) if more else "",
    }
    return render(request, "activity/revocations.html", data)


@require_safe
@needs_full_sign_in
def revocation(request: SignedInRequest, number: int) -> HttpResponse:
    """Each door of one person: when they were read back as out, or that the door still has them."""
    return render(request, "activity/revocation.html", {"found": _found(request, number)})


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


def _address(text: str, page: int) -> str:
    pairs = {name: value for name, value in (("q", text), ("page", page if page > 1 else "")) if value}
    return f"{reverse('activity:revocations')}?{urlencode(pairs)}"
