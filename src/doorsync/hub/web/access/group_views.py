"""The pages of groups: the list, one group with its members and rights, adding, renaming, deleting."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.access.models import AccessRight
from doorsync.hub.access.removals import remove_unused_group, what_uses_group
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.users.actions import create_group, rename_group
from doorsync.hub.users.models import Group, Membership
from doorsync.hub.web.access.forms import NameForm
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.saving import WRONG, FormPage, removed

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def group_list(request: SignedInRequest) -> HttpResponse:
    """All groups, with how many people are in them and what they open."""
    members = Membership.objects.filter(group_id=OuterRef("pk")).order_by().values("group_id").annotate(n=Count("*")).values("n")
    counted = Group.objects.annotate(people=Coalesce(Subquery(members), 0))
    groups = counted.prefetch_related("rights__zone", "rights__schedule")
    return render(request, "access/groups.html", {"groups": groups, "title": _("Groups")})


@require_safe
@needs_permission(Permission.ACCESS, reads=Permission.VIEW)
def group_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One group."""
    group = get_object_or_404(Group.objects.annotate(people=Count("memberships")), pk=pk)
    rights = AccessRight.objects.filter(group=group).select_related("zone", "schedule").order_by("zone__name", "schedule__name")
    return render(request, "access/group.html", {"group": group, "rights": rights, "title": group.name})


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def add_group(request: SignedInRequest) -> HttpResponse:
    """A new group."""
    form = NameForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add a group"), back=reverse("access:groups"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    name, company = form.cleaned_data["name"], request.signed_in.company
    told = _("The group “%(name)s” was added. Give it rights now.") % {"name": name}
    return page.saved(lambda: create_group(company=company, name=name, actor=request.signed_in.actor), told)


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def change_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name."""
    group = get_object_or_404(Group.objects.select_related("company"), pk=pk)
    form = NameForm(request.POST or None, initial={"name": group.name})
    page = FormPage(request=request, form=form, title=_("Rename “%(name)s”") % {"name": group.name}, back=_address(group))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    name = form.cleaned_data["name"]
    return page.saved(
        lambda: rename_group(group=group, name=name, actor=request.signed_in.actor), _("Your data has been updated.")
    )


@require_http_methods(METHODS)
@needs_permission(Permission.ACCESS)
def delete_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it, once it is empty."""
    group = get_object_or_404(Group.objects.select_related("company"), pk=pk)
    return removed(
        request,
        name=group.name,
        change=lambda: remove_unused_group(group=group, actor=request.signed_in.actor),
        used_by=what_uses_group(group),
        back=_address(group),
        done=reverse("access:groups"),
    )


def _address(group: Group) -> str:
    return reverse("access:group", args=[group.pk])
