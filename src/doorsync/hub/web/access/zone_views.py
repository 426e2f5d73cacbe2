"""The pages of zones: the list, adding, changing, deleting. What a change does at the doors is shown before it is saved."""

from __future__ import annotations

from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access import actions
from doorsync.hub.access.models import Zone
from doorsync.hub.access.removals import remove_zone, what_uses_zone
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.terminals.queries import visible_terminals
from doorsync.hub.web.access.forms import ZoneForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def zone_list(request: SignedInRequest) -> HttpResponse:
    """All zones with their doors, as far as the administrator sees these."""
    seen = Prefetch("terminals", queryset=visible_terminals(request.signed_in.administrator), to_attr="doors")
    zones = Zone.objects.annotate(groups=Count("rights__group", distinct=True)).prefetch_related(seen)
    return render(request, "access/zones.html", {"zones": zones, "title": _("Zones")})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_zone(request: SignedInRequest) -> HttpResponse:
    """A new zone."""
    form = ZoneForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a zone"), back=reverse("access:zones"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    company, actor = request.signed_in.company, request.signed_in.actor
    return page.saved(lambda: actions.create_zone(company=company, actor=actor, **form.cleaned_data), _("The zone was added."))


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_zone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name, other doors."""
    zone = get_object_or_404(Zone.objects.select_related("company"), pk=pk)
    form = ZoneForm(request.POST or None, initial={"name": zone.name, "terminals": zone.terminals.all()})
    page = FormPage(
        request=request,
        form=form,
        title=_("Change the zone “%(name)s”") % {"name": zone.name},
        back=reverse("access:zones"),
        template="access/zone_form.html",
        data={"zone": zone},
    )
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        changed, actor = Zone.objects.select_related("company").get(pk=zone.pk), request.signed_in.actor
        actions.rename_zone(zone=changed, name=form.cleaned_data["name"], actor=actor)
        actions.change_zone(zone=changed, terminals=form.cleaned_data["terminals"], actor=actor)

    return page.saved(change, _("Your data has been updated."), tried=True)


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def delete_zone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it, once no right names it."""
    zone = get_object_or_404(Zone.objects.select_related("company"), pk=pk)
    return removed(
        request,
        name=zone.name,
        change=lambda: remove_zone(zone=zone, actor=request.signed_in.actor),
        used_by=what_uses_zone(zone),
        back=reverse("access:zone", args=[zone.pk]),
        done=reverse("access:zones"),
    )
