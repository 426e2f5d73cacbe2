"""After a change: at which doors what it takes away waits for a typed number."""

from __future__ import annotations

from django.utils.translation import gettext as _

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.sync.plan.guard_counts import held_back
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.web.flash import tell

MOST_DOORS = 5  # a notice travels in a cookie


def tell_held_back(request: SignedInRequest) -> None:
    """Tell it on the next page; nothing where the guard stops no door."""
    waiting = held_back(request.signed_in.company)
    limit = location_limit(request.signed_in.administrator)
    visible = Terminal.objects.all() if limit is None else Terminal.objects.filter(location__in=limit)
    names = visible.filter(pk__in=waiting).order_by("name").values_list("pk", "name")
    doors = [f"{name} ({waiting[pk]})" for pk, name in names]
    if doors:
        shown, more = ", ".join(doors[:MOST_DOORS]), len(doors) - MOST_DOORS
        if more > 0:
            shown = _("%(doors)s and %(n)s more") % {"doors": shown, "n": more}
        text = _("So many would lose access here that it waits until their number is typed on the sync page: %(doors)s.")
        tell(request, text % {"doors": shown}, "wait")
