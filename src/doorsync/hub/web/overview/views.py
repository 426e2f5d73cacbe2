"""The overview: what needs somebody's attention, or that nothing does."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.plan.refresh_notices import refresh_notices
from doorsync.hub.sync.run.run_history import recent_runs
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.decorators import needs_full_sign_in
from doorsync.hub.web.overview.first_steps import first_steps
from doorsync.hub.web.overview.queries import agents_to_look_at, door_statuses, excess, leaving_today
from doorsync.hub.web.sync.labels import terminal_badge, what_is_left
from doorsync.hub.web.terminals.door_state_rows import state_rows

MOST_PEOPLE, MOST_DOORS = 10, 50


@require_safe
@needs_full_sign_in
def overview(request: SignedInRequest) -> HttpResponse:
    """One page, a handful of queries whatever the company's size."""
    administrator = request.signed_in.administrator
    behind, doors = door_statuses(administrator)
    leaving = leaving_today(administrator)
    location = Location.objects.order_by("pk").first()
    told = visible_terminals(administrator).filter(door_states__isnull=False).distinct()
    data: dict[str, Any] = {
        "told_doors": [
            (terminal, row)
            for terminal in told.prefetch_related("door_states__administrator")
            for row in state_rows(terminal, terminal.door_states.all())
        ],
        "notices": refresh_notices(),
        "steps": first_steps(administrator, request.signed_in.query),
        "behind": [{"status": each, "look": terminal_badge(each), "left": what_is_left(each)} for each in behind[:MOST_DOORS]],
        "more_behind": max(0, len(behind) - MOST_DOORS),
        "up_to_date": doors - len(behind),
        "doors": doors,
        "excess": excess(administrator),
        "agents": agents_to_look_at(administrator),
        "runs": recent_runs(administrator),
        "kept": request.signed_in.query,
        "zone": location.zone if location else None,
        "leaving": leaving[:MOST_PEOPLE],
        "leaving_count": leaving.count(),
    }
    return render(request, "overview/overview.html", data)
