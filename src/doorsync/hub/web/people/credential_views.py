"""The credentials of a person: shown as far as the administrator may see them, added, taken away, lost and found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.sync.holdings.visible_users import may_change_user
from doorsync.hub.users import credential_edits
from doorsync.hub.users.credential_kinds import KINDS
from doorsync.hub.users.errors import BadFields, UserError
from doorsync.hub.users.models import User
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission
from doorsync.hub.web.people.credential_list import shown_credentials, shown_lost
from doorsync.hub.web.people.person_page import head, tell_saved, told_faults, user_by_number
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther

INVALID, CONFLICT = 422, 409


@require_GET
@needs_full_sign_in
def credentials(request: SignedInRequest, number: int) -> HttpResponse:
    """All credentials of a person."""
    return _page(request, user_by_number(request, number))


@require_POST
@needs_permission(Permission.PEOPLE)
def add(request: SignedInRequest, number: int, kind: str) -> HttpResponse:
    """One more; a PIN or QR code takes the place of the one before."""
    if kind not in KINDS:
        raise Http404
    value = request.POST.get("value", "").replace("\0", " ")
    return _changed(
        request,
        number,
        lambda user: credential_edits.add_credential(user=user, kind=kind, value=value, actor=request.signed_in.actor),
        _("The %(kind)s of %(name)s was saved."),
        kind,
        typed="" if KINDS[kind].secret else value,
    )


@require_POST
@needs_permission(Permission.PEOPLE)
def remove(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Take one away."""
    actor = request.signed_in.actor
    return _changed(
        request,
        number,
        lambda user: credential_edits.remove_credential(user=user, credential_id=pk, actor=actor),
        _("The %(kind)s of %(name)s was taken away."),
    )


@require_POST
@needs_permission(Permission.PEOPLE)
def lost(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """It was lost: out of all doors."""
    actor = request.signed_in.actor
    return _changed(
        request,
        number,
        lambda user: credential_edits.report_lost(user=user, credential_id=pk, actor=actor).kind,
        _("The %(kind)s of %(name)s is reported lost. Nobody is given it until it was found."),
    )


@require_POST
@needs_permission(Permission.PEOPLE)
def found(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """It was found: it opens again what it did."""
    actor = request.signed_in.actor
    return _changed(
        request,
        number,
        lambda user: credential_edits.report_found(user=user, lost_id=pk, actor=actor),
        _("The %(kind)s of %(name)s was found, and is theirs again."),
    )


def _changed(
    request: SignedInRequest, number: int, change: Callable[[User], str | None], said: str, kind: str = "", typed: str = ""
) -> HttpResponse:
    user = user_by_number(request, number)
    if not may_change_user(request.signed_in.administrator, user):
        return answers.not_allowed(request)
    try:
        kind = change(user) or kind
    except BadFields as error:
        return _page(request, user, INVALID, kind=kind, problem=" ".join(told_faults(request, error).values()), typed=typed)
    except CannotUnseal:
        text = _("What is kept of these credentials cannot be read any more. Take them away one by one, and enter them again.")
        return _page(request, user, CONFLICT, problem=text)
    except UserError as error:
        return _page(request, user, CONFLICT, problem=str(error))
    tell_saved(request, user_by_number(request, number), said, kind=_(KINDS[kind].title))
    return SeeOther(reverse("people:credentials", args=[number]))


def _page(request: SignedInRequest, user: User, status: int = 200, **more: Any) -> HttpResponse:
    data = {
        **head(request, user, "people:credentials"),
        "kinds": shown_credentials(user, request.signed_in.administrator),
        "lost": shown_lost(user, request.signed_in.administrator),
        **more,
    }
    return render(request, "people/credentials.html", data, status=status)
