"""The list of doors and the page of one. Decisions on its device and on strangers are those of the sync pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from doorsync.domain.record import Kind
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.sync.holdings.tallies import tallies
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus, terminal_statuses
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.terminals.connection import needs_newer_agent
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.sync.terminal_views import decision_data
from doorsync.hub.web.terminals.capability_rows import capability_rows
from doorsync.hub.web.terminals.door_state_rows import DoorStateRow, state_rows
from doorsync.hub.web.terminals.forms import info_of
from doorsync.hub.web.terminals.opening_views import opening_address, opening_data

MOST = 50  # people named whom a terminal cannot hold


@dataclass(frozen=True, slots=True)
class DoorRow:
    """A terminal with its status, and how many people it holds by what was last read or confirmed.

    `opens` is where its button to open the door leads to; "" where it cannot be opened now.
    """

    terminal: Terminal
    status: TerminalStatus
    people: int = 0
    opens: str = ""
    states: Sequence[DoorStateRow] = ()


@require_safe
@needs_permission(Permission.DOORS, reads=Permission.VIEW)
def door_list(request: SignedInRequest) -> HttpResponse:
    """All doors that the administrator sees."""
    terminals = list(visible_terminals(request.signed_in.administrator).prefetch_related("door_states__administrator"))
    statuses = terminal_statuses(terminals)
    counted = tallies(statuses)
    rows = [
        DoorRow(
            each, statuses[each.pk], counted[each.pk].people_held, opening_address(each), state_rows(each, each.door_states.all())
        )
        for each in terminals
    ]
    return render(request, "terminals/list.html", {"rows": rows, "title": _("Doors"), "has_agent": Agent.objects.exists()})


@require_safe
@needs_permission(Permission.DOORS, reads=Permission.VIEW)
def door_page(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One door: how it stands, what it can hold and whom it cannot, its device, strangers."""
    terminal = get_object_or_404(visible_terminals(request.signed_in.administrator), public_id=public_id)
    refused = Holding.objects.filter(terminal_id=terminal.pk, kind=Kind.USER, state=HoldingState.REFUSED).order_by("label")
    data = decision_data(request, terminal)
    row = DoorRow(terminal, data["status"])
    more = {
        "row": row,
        "zones": terminal.zones.all(),
        "can": capability_rows(terminal),
        "info": info_of(terminal.agent, terminal.make),
        "needs_newer": needs_newer_agent(terminal),
        "refused": refused[:MOST],
        "refused_more": max(0, refused.count() - MOST),
    }
    return render(request, "terminals/door.html", {**data, **more, **opening_data(terminal), "title": terminal.name})
