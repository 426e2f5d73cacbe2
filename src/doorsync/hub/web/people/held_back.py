"""After a change: at which doors what it takes away waits for a typed number."""

from __future__ import annotations

from django.utils.translation import gettext as _

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.sync.plan.guard_counts import held_back
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.after_saving import shortened


def tell_held_back(request: SignedInRequest) -> None:
    """Tell it on the next page; nothing where the guard stops no door."""
    waiting = held_back(request.signed_in.company)
    visible = visible_terminals(request.signed_in.administrator).filter(pk__in=waiting).order_by("name")
    if doors := [f"{name} ({waiting[pk]})" for pk, name in visible.values_list("pk", "name")]:
        text = _("So many would lose access here that it waits until their number is typed on the sync page: %(doors)s.")
        tell(request, text % {"doors": shortened(doors)}, "wait")
