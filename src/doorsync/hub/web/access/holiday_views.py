"""The pages of holidays: calendars, their days, and which time schedules follow them."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.hub.access import holiday_actions
from doorsync.hub.access.errors import AccessError
from doorsync.hub.access.models import Holiday, HolidayCalendar
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.access.forms import HolidayForm, NameForm
from doorsync.hub.web.access.group_views import METHODS
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import WRONG, FormPage, removed
from doorsync.hub.web.sign_in.answers import SeeOther


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def calendar_list(request: SignedInRequest) -> HttpResponse:
    """All calendars."""
    calendars = HolidayCalendar.objects.annotate(days=Count("holidays", distinct=True), uses=Count("schedules", distinct=True))
    return render(request, "access/calendars.html", {"calendars": calendars, "title": _("Holidays")})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_calendar(request: SignedInRequest) -> HttpResponse:
    """A new calendar."""
    form = NameForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a calendar"), back=reverse("access:calendars"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    company, actor, name = request.signed_in.company, request.signed_in.actor, form.cleaned_data["name"]
    return page.saved(
        lambda: holiday_actions.create_calendar(company=company, name=name, actor=actor), _("The calendar was added.")
    )


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its days, and one more."""
    chosen = get_object_or_404(HolidayCalendar.objects.select_related("company"), pk=pk)
    form = HolidayForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, chosen, form, WRONG if request.method == "POST" else 200)
    try:
        holiday_actions.add_holiday(calendar=chosen, actor=request.signed_in.actor, **form.said())
    except AccessError as error:
        form.add_error(None, str(error))
        return _page(request, chosen, form, WRONG)
    tell(request, _("The holiday was added. Doors are told what it closes by themselves, from six days before it on."))
    return SeeOther(reverse("access:calendar", args=[chosen.pk]))


@require_POST
@needs_permission(Permission.ACCESS)
def remove_holiday(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one of its days out."""
    holiday = get_object_or_404(Holiday.objects.select_related("company"), pk=pk)
    holiday_actions.remove_holiday(holiday=holiday, actor=request.signed_in.actor)
    tell(request, _("The holiday was taken out. Where a door was told of it already, its usual hours wait for Sync."))
    return SeeOther(reverse("access:calendar", args=[holiday.calendar_id]))


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name."""
    chosen = get_object_or_404(HolidayCalendar.objects.select_related("company"), pk=pk)
    form = NameForm(request.POST or None, initial={"name": chosen.name})
    back = reverse("access:calendar", args=[pk])
    page = FormPage(request=request, form=form, title=_("Rename “%(name)s”") % {"name": chosen.name}, back=back)
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    actor, name = request.signed_in.actor, form.cleaned_data["name"]
    return page.saved(
        lambda: holiday_actions.rename_calendar(calendar=chosen, name=name, actor=actor), _("Your data has been updated.")
    )


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def delete_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it, once no time schedule follows it."""
    chosen = get_object_or_404(HolidayCalendar.objects.select_related("company"), pk=pk)
    return removed(
        request,
        name=chosen.name,
        change=lambda: holiday_actions.remove_calendar(calendar=chosen, actor=request.signed_in.actor),
        used_by=list(chosen.schedules.values_list("name", flat=True)),
        back=reverse("access:calendar", args=[pk]),
        done=reverse("access:calendars"),
    )


def _page(request: SignedInRequest, chosen: HolidayCalendar, form: HolidayForm, status: int = 200) -> HttpResponse:
    today = timezone.now().astimezone(company_zone()).date()
    days = [(holiday, holiday.last < today) for holiday in chosen.holidays.all()]
    data = {"calendar": chosen, "title": chosen.name, "form": form, "days": days, "schedules": chosen.schedules.all()}
    return render(request, "access/calendar.html", data, status=status)
