"""The pages of time schedules: each with its week drawn, adding, changing, deleting."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access import actions
from doorsync.hub.access.holiday_actions import follow_calendar
from doorsync.hub.access.models import TimeSchedule
from doorsync.hub.access.removals import remove_schedule, what_uses_schedule
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.web.access.forms import ScheduleForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.access.special_days import coming_holidays, special_days
from doorsync.hub.web.access.weeks import week_of
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed

FORM = "access/schedule_form.html"


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def schedule_list(request: SignedInRequest) -> HttpResponse:
    """All time schedules, each with its week."""
    schedules = TimeSchedule.objects.annotate(uses=Count("rights"))
    coming = coming_holidays(company_zone())
    shown = [(each, week_of(each.slots), special_days(each, coming)) for each in schedules.select_related("calendar")]
    return render(request, "access/schedules.html", {"schedules": shown, "title": _("Time schedules")})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_schedule(request: SignedInRequest) -> HttpResponse:
    """A new time schedule."""
    form = ScheduleForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a time schedule"), back=reverse("access:schedules"), template=FORM)
    if answer := _unsaved(page, form):
        return answer
    company, actor = request.signed_in.company, request.signed_in.actor

    def create() -> None:
        with company_transaction(company, actor):
            name = form.cleaned_data["name"]
            made = actions.create_schedule(company=company, actor=actor, name=name, slots=form.slots)
            follow_calendar(schedule=made, calendar=form.cleaned_data["calendar"], actor=actor)

    return page.saved(create, _("The time schedule was added."))


def _unsaved(page: FormPage, form: ScheduleForm) -> HttpResponse | None:
    """The form as it is shown first, or again: with what is wrong, or with the days filled in. None: it can be saved."""
    if page.request.method != "POST" or "fill" in page.request.POST:
        return page.shown()
    return None if form.is_valid() else page.shown(WRONG)


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
        data={
            "schedule": schedule,
            "week": week_of(schedule.slots),
            "special": special_days(schedule, coming_holidays(company_zone())),
        },
    )
    if answer := _unsaved(page, form):
        return answer

    def change() -> None:
        changed, actor = TimeSchedule.objects.select_related("company").get(pk=pk), request.signed_in.actor
        with company_transaction(changed.company, actor):
            actions.rename_schedule(schedule=changed, name=form.cleaned_data["name"], actor=actor)
            actions.change_schedule(schedule=changed, slots=form.slots, actor=actor)
            follow_calendar(schedule=changed, calendar=form.cleaned_data["calendar"], actor=actor)

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
        used_by=what_uses_schedule(schedule),
        back=reverse("access:schedule", args=[schedule.pk]),
        done=reverse("access:schedules"),
    )
