"""The rights as a matrix of groups and zones, and one cell of it to be changed."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access.actions import set_rights
from doorsync.hub.access.models import AccessRight, TimeSchedule, Zone
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.users.models import Group
from doorsync.hub.web.access.forms import RightForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def matrix(request: SignedInRequest) -> HttpResponse:
    """Which group may pass which zone's doors, and when."""
    groups, zones = list(Group.objects.all()), list(Zone.objects.all())
    cells: dict[tuple[int, int], list[str]] = defaultdict(list)
    for right in AccessRight.objects.select_related("schedule").order_by("schedule__name"):
        cells[right.group_id, right.zone_id].append(right.schedule.name)
    rows = [(group, [(zone, cells[group.pk, zone.pk]) for zone in zones]) for group in groups]
    data = {"rows": rows, "zones": zones, "title": _("Rights"), "has_schedules": TimeSchedule.objects.exists()}
    return render(request, "access/rights.html", data)


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_right(request: SignedInRequest, group_pk: int, zone_pk: int) -> HttpResponse:
    """In which hours one group may pass one zone's doors."""
    group = get_object_or_404(Group.objects.select_related("company"), pk=group_pk)
    zone = get_object_or_404(Zone, pk=zone_pk)
    present = TimeSchedule.objects.filter(rights__group=group, rights__zone=zone)
    form = RightForm(request.POST if request.method == "POST" else None, initial={"schedules": present})
    doors = visible_terminals(request.signed_in.administrator).filter(zones=zone)
    page = FormPage(
        request=request,
        form=form,
        title=_("When may %(group)s pass %(zone)s?") % {"group": group.name, "zone": zone.name},
        back=reverse("access:rights"),
        data={
            "lead": _("Doors: %(doors)s. Without a time schedule: never.")
            % {"doors": ", ".join(map(str, doors)) or _("none yet")}
        },
    )
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    chosen, actor = form.cleaned_data["schedules"], request.signed_in.actor
    return page.saved(
        lambda: set_rights(group=group, zone=zone, schedules=chosen, actor=actor), _("Your data has been updated."), tried=True
    )
