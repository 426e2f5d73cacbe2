"""Suspending, reinstating and deleting a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from doorsync.domain.record import Kind
from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.sync.holdings.visible_users import may_change_user
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.actions import remove_user
from doorsync.hub.users.edits import edit_user
from doorsync.hub.users.errors import UserGone
from doorsync.hub.users.models import User
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.held_back import tell_held_back
from doorsync.hub.web.people.person_page import tell_saved, user_by_number
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther


@require_POST
@needs_permission(Permission.PEOPLE)
def suspend(request: SignedInRequest, number: int) -> HttpResponse:
    """Take a person out of all doors, and keep all that is known of them."""
    return _set_active(request, number, active=False)


@require_POST
@needs_permission(Permission.PEOPLE)
def reinstate(request: SignedInRequest, number: int) -> HttpResponse:
    """Let a suspended person open again what the rules let them."""
    return _set_active(request, number, active=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PEOPLE)
def delete_person(request: SignedInRequest, number: int) -> HttpResponse:
    """Ask for the last name, then remove the person."""
    user = user_by_number(request, number)
    if not may_change_user(request.signed_in.administrator, user):
        return answers.not_allowed(request)
    if request.method != "POST":
        return _ask(request, user)
    if normalized_text(request.POST.get("word", "")).casefold() != user.last_name.casefold():
        return _ask(request, user, 422, problem=_("That is not “%(name)s”. Nobody was deleted.") % {"name": user.last_name})
    remove_user(user=user, actor=request.signed_in.actor)
    tell(
        request,
        _("%(name)s was deleted. Doors that are reached are told now, the others when they answer.") % {"name": user.full_name},
    )
    tell_held_back(request)
    return SeeOther(reverse("people:list"))


def _set_active(request: SignedInRequest, number: int, *, active: bool) -> HttpResponse:
    user = user_by_number(request, number)
    if not may_change_user(request.signed_in.administrator, user):
        return answers.not_allowed(request)
    try:
        edit_user(user=user, seen={}, fields={"active": active}, actor=request.signed_in.actor)
    except UserGone:
        tell(request, _("Somebody has removed this person meanwhile."), "bad")
        return SeeOther(reverse("people:list"))
    tell_saved(request, user_by_number(request, number), _("%(name)s is reinstated.") if active else _("%(name)s is suspended."))
    return SeeOther(reverse("people:person", args=[number]))


def doors_that_lose(user: User) -> str:
    """How many doors the person is taken out of, in a sentence."""
    doors = Holding.objects.filter(kind=Kind.USER, user_id=user.pk, held__isnull=False).count()
    if not doors:
        return _("No door holds them.")
    return ngettext("They are taken out of %(n)s door.", "They are taken out of %(n)s doors.", doors) % {"n": doors}


def _ask(request: SignedInRequest, user: User, status: int = 200, problem: str = "") -> HttpResponse:
    data: dict[str, Any] = {
        "title": _("Delete %(name)s?") % {"name": user.full_name},
        "explained": [
            doors_that_lose(user),
            _("Their details and credentials are gone for good. To take access away for a while, suspend them instead."),
        ],
        "word": user.last_name,
        "button": _("Delete"),
        "back": reverse("people:person", args=[user.number]),
        "problem": problem,
        "grave": True,
    }
    return render(request, "app/confirm.html", data, status=status)
