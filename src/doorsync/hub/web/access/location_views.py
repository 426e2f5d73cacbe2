"""The pages of locations: the list, adding, changing, deleting."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access.removals import remove_location, what_uses_location
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission, location_limit
from doorsync.hub.companies import actions
from doorsync.hub.companies.models import Location
from doorsync.hub.web.access.forms import LocationForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def location_list(request: SignedInRequest) -> HttpResponse:
    """The locations that the administrator sees."""
    limit = location_limit(request.signed_in.administrator)
    found = Location.objects.annotate(doors=Count("terminals"))
    locations = found if limit is None else found.filter(pk__in=limit)
    return render(request, "access/locations.html", {"locations": locations, "title": _("Locations")})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_location(request: SignedInRequest) -> HttpResponse:
    """A new location."""
    form = LocationForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a location"), back=reverse("locations:list"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    company, actor = request.signed_in.company, request.signed_in.actor
    return page.saved(
        lambda: actions.create_location(company=company, actor=actor, **form.cleaned_data), _("The location was added.")
    )


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_location(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name, another time zone."""
    location = get_object_or_404(Location.objects.select_related("company"), pk=pk)
    form = LocationForm(request.POST or None, initial={"name": location.name, "time_zone": location.time_zone})
    page = FormPage(
        request=request,
        form=form,
        title=_("Change the location “%(name)s”") % {"name": location.name},
        back=reverse("locations:list"),
        template="access/location_form.html",
        data={"location": location, "lead": _("Starts and expiries take effect by the clock of this time zone.")},
    )
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        changed, actor = Location.objects.select_related("company").get(pk=pk), request.signed_in.actor
        actions.rename_location(location=changed, name=form.cleaned_data["name"], actor=actor)
        actions.change_time_zone(location=changed, time_zone=form.cleaned_data["time_zone"], actor=actor)

    return page.saved(change, _("Your data has been updated."), tried=True)


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def delete_location(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it, once it has neither terminals nor people."""
    location = get_object_or_404(Location.objects.select_related("company"), pk=pk)
    return removed(
        request,
        name=location.name,
        change=lambda: remove_location(location=location, actor=request.signed_in.actor),
        used_by=what_uses_location(location),
        back=reverse("locations:change", args=[location.pk]),
        done=reverse("locations:list"),
    )
