"""The page of the audit: what was done, by whom, and whether the trail is whole."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit.verification import Verdict, verify_end, verify_trail
from doorsync.hub.web.audit.entries import found_entries
from doorsync.hub.web.audit.forms import AuditForm
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_permission

FILTERS = ("event", "who", "since", "until")


@require_safe
@needs_permission(Permission.AUDIT)
def audit_page(request: SignedInRequest) -> HttpResponse:
    """The newest entries that fit the filters; the end of the trail is looked at each time."""
    return _shown(request, verify_end(request.signed_in.company.pk), whole=False)


@require_POST
@needs_permission(Permission.AUDIT)
def check_trail(request: SignedInRequest) -> HttpResponse:
    """Look at the whole trail, which takes a while; it changes nothing."""
    return _shown(request, verify_trail(request.signed_in.company.pk), whole=True)


def _shown(request: SignedInRequest, verdict: Verdict, *, whole: bool) -> HttpResponse:
    form, zone = AuditForm(request.GET), company_zone()
    rows, before = found_entries(form.sought, zone)
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    address = reverse("audit:audit")
    data = {
        "form": form,
        "rows": rows,
        "zone": zone,
        "older": f"{address}?{urlencode({**kept, 'before': before})}" if before else "",
        "newest": f"{address}?{urlencode(kept)}" if request.GET.get("before") else "",
        "verdict": verdict,
        "whole": whole,
        "now": timezone.now(),
        "title": _("Audit"),
    }
    return render(request, "audit/audit.html", data)
