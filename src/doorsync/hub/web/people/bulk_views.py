"""Changing several people at once: chosen in the list, shown per door, done, and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission, location_limit
from doorsync.hub.imports.user_trial import try_writes
from doorsync.hub.sync.holdings.visible_users import may_change_user, visible_users
from doorsync.hub.users.bulk_edits import FIELD, MOST, BulkAction, bulk_writes, edit_many, undo_many
from doorsync.hub.users.errors import UserError
from doorsync.hub.users.models import BulkEdit, User
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.grantable_groups import grantable_groups
from doorsync.hub.web.people.held_back import tell_held_back
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.sync.parameters import ids_of

ACTIONS = {
    "suspend": gettext_lazy("Suspend"),
    "reinstate": gettext_lazy("Reinstate"),
    "add-group": gettext_lazy("Add to the group"),
    "leave-group": gettext_lazy("Take out of the group"),
    "ends": gettext_lazy("Set the last day"),
}
REFUSED = 409


@require_POST
@needs_permission(Permission.PEOPLE)
def edit(request: SignedInRequest) -> HttpResponse:
    """Show what it would do; with `sure` do it."""
    users, action = _chosen(request), _action(request)
    if not users or action is None:
        tell(request, _("Tick people first, and choose what to do; a group where it is about one."), "wait")
        return SeeOther(reverse("people:list"))
    signed_in = request.signed_in
    if elsewhere := [user for user in users if not may_change_user(signed_in.administrator, user)]:
        text = _("%(name)s belongs to locations that are not yours. Nothing was changed.")
        tell(request, text % {"name": elsewhere[0].full_name}, "bad")
        return SeeOther(reverse("people:list"))
    try:
        if "sure" in request.POST:
            made = edit_many(company=signed_in.company, users=users, action=action, actor=signed_in.actor)
            tell_held_back(request)
            return SeeOther(reverse("people:bulk", args=[made.public_id]))
        doors = try_writes(signed_in.company, bulk_writes(users, action), signed_in.actor)
    except UserError as error:
        tell(request, _("Nothing was changed: %(why)s") % {"why": error}, "bad")
        return SeeOther(reverse("people:list"))
    data = {"users": users, "doors": doors, "title": _title(action.name, len(users)), "fields": _fields(request)}
    return render(request, "people/bulk_preview.html", data)


@require_safe
@needs_permission(Permission.PEOPLE)
def done(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What was done to whom, and a button that undoes it."""
    found = _found(request, public_id)
    users = visible_users(request.signed_in.administrator).filter(pk__in=[int(pk) for pk in found.before])
    data: dict[str, Any] = {"edit": found, "users": users, "title": _title(found.action, len(found.before))}
    return render(request, "people/bulk_done.html", data)


@require_POST
@needs_permission(Permission.PEOPLE)
def undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put back what it changed."""
    found = _found(request, public_id)
    try:
        within = _within(request.signed_in.administrator, FIELD[found.action])
        back, others = undo_many(edit=found, actor=request.signed_in.actor, within=within)
    except UserError as error:
        tell(request, _("Nothing was undone: %(why)s") % {"why": error}, "bad")
        return SeeOther(reverse("people:bulk", args=[public_id]))
    text = ngettext("%(n)s person is as before.", "%(n)s people are as before.", back) % {"n": back}
    if others:
        left_alone = _("%(n)s were left alone: somebody has changed or removed them since, or they are elsewhere.")
        text += " " + left_alone % {"n": others}
    tell(request, text)
    tell_held_back(request)
    return SeeOther(reverse("people:bulk", args=[public_id]))


def _within(administrator: Administrator, field: str) -> Callable[[User, Any], bool]:
    """What they may put back now: their limit may be another than when they did it, and so may the doors of a group."""
    grantable = set(grantable_groups(administrator).values_list("pk", flat=True))

    def within(user: User, value: Any) -> bool:
        return may_change_user(administrator, user) and (field != "groups" or set(value) <= grantable)

    return (lambda _user, _value: True) if location_limit(administrator) is None else within


def _chosen(request: SignedInRequest) -> list[User]:
    numbers = ids_of(request.POST, "person")[:MOST]
    return list(visible_users(request.signed_in.administrator).filter(number__in=numbers))


def _action(request: SignedInRequest) -> BulkAction | None:
    name = request.POST.get("action", "")
    if name not in FIELD:
        return None
    if FIELD[name] != "groups":
        return BulkAction(name=name, ends=request.POST.get("until", ""))
    wanted = ids_of(request.POST, "to_group")[:1]
    group = grantable_groups(request.signed_in.administrator).filter(pk__in=wanted).first()
    return BulkAction(name=name, group=group) if group else None


def _fields(request: SignedInRequest) -> list[tuple[str, str]]:
    names = ("person", "action", "to_group", "until")
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _title(action: str, count: int) -> str:
    people = ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
    return f"{ACTIONS[action]}: {people}"


def _found(request: SignedInRequest, public_id: str) -> BulkEdit:
    own = BulkEdit.objects.filter(administrator_id=request.signed_in.administrator.pk).select_related("company")
    found = own.filter(public_id=public_id).first() if "\0" not in public_id else None
    if found is None:
        raise Http404
    return found
