"""The pages of time schedules: each with its week drawn, adding, changing, deleting."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access import actions
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.access.removals import remove_schedule
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.access.forms import ScheduleForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.access.weeks import week_of
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed

FORM = "access/schedule_form.html"


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def schedule_list(request: SignedInRequest) -> HttpResponse:
    """All time schedules, each with its week."""
    schedules = TimeSchedule.objects.annotate(uses=Count("rights"))
    shown = [(each, week_of(each.slots)) for each in schedules]
    return render(request, "access/schedules.html", {"schedules": shown, "title": _("Time schedules")})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_schedule(request: SignedInRequest) -> HttpResponse:
    """A new time schedule."""
    form = ScheduleForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a time schedule"), back=reverse("access:schedules"), template=FORM)
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    company, actor = request.signed_in.company, request.signed_in.actor
    made = {"name": form.cleaned_data["name"], "slots": form.slots}
    return page.saved(lambda: actions.create_schedule(company=company, actor=actor, **made), _("The time schedule was added."))


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name, other hours."""
    schedule = get_object_or_404(TimeSchedule.objects.select_related("company"), pk=pk)
    form = ScheduleForm(request.POST or None, initial=ScheduleForm.initial_of(schedule))
    page = FormPage(
        request=request,
        form=form,
        title=_("Change the time schedule “%(name)s”") % {"name": schedule.name},
        back=reverse("access:schedules"),
        template=FORM,
        data={"schedule": schedule, "week": week_of(schedule.slots)},
    )
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        changed, actor = TimeSchedule.objects.select_related("company").get(pk=pk), request.signed_in.actor
        actions.rename_schedule(schedule=changed, name=form.cleaned_data["name"], actor=actor)
        actions.change_schedule(schedule=changed, slots=form.slots, actor=actor)

    return page.saved(change, _("Your data has been updated."), tried=True)


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def delete_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it, once no right uses it."""
    schedule = get_object_or_404(TimeSchedule.objects.select_related("company"), pk=pk)
    return removed(
        request,
        name=schedule.name,
        change=lambda: remove_schedule(schedule=schedule, actor=request.signed_in.actor),
        back=reverse("access:schedule", args=[schedule.pk]),
        done=reverse("access:schedules"),
    )
