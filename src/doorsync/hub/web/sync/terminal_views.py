"""The page of one terminal: which device it is, who was enrolled at it, and what a person decides on both."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.errors import SyncError
from doorsync.hub.sync.holdings.terminal_status import terminal_statuses
from doorsync.hub.sync.models import Stranger
from doorsync.hub.sync.run.device_identity import accept_replacement, call_address_wrong, owner_of_serial
from doorsync.hub.sync.run.stranger_decisions import keep_strangers, release_strangers
from doorsync.hub.sync.run.unreadable_terminals import unreadable_text
from doorsync.hub.terminals.errors import TerminalsError
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_sign_in
from doorsync.hub.web.sync import page_links
from doorsync.hub.web.sync.clock_difference import clock_difference
from doorsync.hub.web.sync.parameters import ids_of

CONFLICT = 409
MOST = 200  # strangers on the page
DEVICE = {"replaced": accept_replacement, "address-wrong": call_address_wrong}
STRANGERS = {"keep": keep_strangers, "release": release_strangers}


@require_GET
@needs_sign_in
def terminal_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The device and the strangers of this terminal."""
    return _shown(request, _found(request, public_id))


@require_POST
@needs_sign_in
def decide_device(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another device answers: it was replaced, or the address is wrong."""
    terminal, decide = _found(request, public_id), DEVICE.get(request.POST.get("decision", ""))
    if decide is None:
        return _shown(request, terminal, CONFLICT, problem=_("Choose one of the two."))
    try:
        decide(terminal=terminal, actor=request.signed_in.actor)
    except TerminalsError as error:
        return _shown(request, _found(request, public_id), CONFLICT, problem=str(error))
    return redirect(_address(request, terminal))


@require_POST
@needs_sign_in
def decide_strangers(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Keep or release those who are ticked, or all of them."""
    terminal, decide = _found(request, public_id), STRANGERS.get(request.POST.get("decision", ""))
    everybody = Stranger.objects.filter(terminal=terminal, own=False)
    ids = list(everybody.values_list("pk", flat=True)) if request.POST.get("all") else ids_of(request.POST, "stranger")
    if decide is None or not ids:
        return _shown(request, terminal, CONFLICT, problem=_("Tick whom you have decided on first."))
    try:
        decide(terminal=terminal, ids=ids, actor=request.signed_in.actor)
    except SyncError as error:
        return _shown(request, terminal, CONFLICT, problem=str(error))
    return redirect(_address(request, terminal))


def _found(request: SignedInRequest, public_id: str) -> Terminal:
    return get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)


def _address(request: SignedInRequest, terminal: Terminal) -> str:
    return f"{reverse('sync:terminal', args=[terminal.public_id])}?{urlencode(page_links.kept_values(request))}"


def _shown(request: SignedInRequest, terminal: Terminal, status: int = 200, *, problem: str = "") -> HttpResponse:
    return render(request, "sync/terminal.html", decision_data(request, terminal, problem=problem), status=status)


def decision_data(request: SignedInRequest, terminal: Terminal, *, problem: str = "") -> dict[str, Any]:
    """What the parts about the device and the strangers need."""
    strangers = Stranger.objects.filter(terminal=terminal).order_by("own", "kept", "kind", "name", "key")
    total = strangers.filter(own=False).count()
    keep = page_links.kept_values(request)
    erase = urlencode({"mode": "erase", "terminal": terminal.pk, **keep})
    return {
        "terminal": terminal,
        "unreadable": unreadable_text(terminal),
        "status": terminal_statuses([terminal])[terminal.pk],
        "elsewhere": owner_of_serial(terminal, terminal.other_serial),
        "clock_off": clock_difference(terminal.device.get("clock_off")),
        "strangers": strangers[:MOST],
        "total": total,
        "more": max(0, total - MOST),
        "zone": terminal.location.zone,
        "problem": problem,
        "keep": keep,
        "plan_address": f"{reverse('sync:plan-page')}?{urlencode(keep)}",
        "erase_address": f"{reverse('sync:plan-page')}?{erase}",
    }
