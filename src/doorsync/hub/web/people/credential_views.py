"""The credentials of a person: shown as far as the administrator may see them, added, taken away, lost and found."""

from __future__ import annotations

import re
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
from doorsync.hub.users.credential_kinds import CARD, KINDS
from doorsync.hub.users.errors import BadFields, UserError
from doorsync.hub.users.models import LostCredential, User
from doorsync.hub.users.temporary_credentials import give_temporary_credential, home_zone
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission
from doorsync.hub.web.people.card_choice import chosen_card, days_choices, refused_lately
from doorsync.hub.web.people.credential_list import shown_credentials, shown_lost
from doorsync.hub.web.people.person_page import head, tell_saved, told_faults, user_by_number
from doorsync.hub.web.people.shared_pins import shared_pin_warning
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther

INVALID, CONFLICT = 422, 409
DIGITS = re.compile("[0-9]{1,9}")


@require_GET
@needs_full_sign_in
def credentials(request: SignedInRequest, number: int) -> HttpResponse:
    """All credentials of a person."""
    return _page(request, user_by_number(request, number))


@require_POST
@needs_permission(Permission.PEOPLE)
def add(request: SignedInRequest, number: int, kind: str) -> HttpResponse:
    """One more; a PIN or QR code takes the place of the one before. A card may be for some days only."""
    if kind not in KINDS:
        raise Http404
    value, days = request.POST.get("value", "").replace("\0", " "), request.POST.get("days", "")
    said = _("The %(kind)s of %(name)s was saved.")
    return _changed(
        request,
        number,
        (lambda user: _give_card(request, user, value)) if kind == CARD.name else (lambda user: _add(request, user, kind, value)),
        _("The card of %(name)s was saved. It goes back by itself at the end.") if kind == CARD.name and days else said,
        kind,
        typed="" if KINDS[kind].secret else value,
    )


def _add(request: SignedInRequest, user: User, kind: str, value: str) -> None:
    credential_edits.add_credential(user=user, kind=kind, value=value, actor=request.signed_in.actor)


def _give_card(request: SignedInRequest, user: User, typed: str) -> None:
    """For good, or for some days, and then maybe in the place of a lost one. Raises BadFields or CredentialGone."""
    card = chosen_card(request.signed_in.administrator, request.POST, typed)
    days, lost = request.POST.get("days", ""), request.POST.get("stands_for", "")
    if not days:
        _add(request, user, CARD.name, card)
        return
    give_temporary_credential(
        user=user,
        kind=CARD.name,
        value=card,
        days=int(days) if DIGITS.fullmatch(days) else 0,
        lost_id=int(lost) if DIGITS.fullmatch(lost) else None,
        actor=request.signed_in.actor,
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
        _("The %(kind)s of %(name)s is reported lost, and given to nobody until found. You can give a temporary card below."),
    )


@require_POST
@needs_permission(Permission.PEOPLE)
def found(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """It was found: it opens again what it did, and the temporary card that stood for it goes back."""
    actor, told = request.signed_in.actor, {"text": _("The %(kind)s of %(name)s was found, and is theirs again.")}

    def back(user: User) -> str:
        kind = LostCredential.objects.filter(pk=pk, user=user).values_list("kind", flat=True).first() or ""
        if not credential_edits.report_found(user=user, lost_id=pk, actor=actor):
            told["text"] = _("The card was a temporary one of %(name)s, and its time is over. It is free to be given again.")
        return kind

    return _changed(request, number, back, lambda: told["text"])


def _changed(
    request: SignedInRequest,
    number: int,
    change: Callable[[User], str | None],
    said: str | Callable[[], str],
    kind: str = "",
    typed: str = "",
) -> HttpResponse:
    """`said` may depend on what came of the change."""
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
    text = said if isinstance(said, str) else said()
    tell_saved(request, user_by_number(request, number), text, kind=_(KINDS[kind].title))
    return SeeOther(reverse("people:credentials", args=[number]))


def _page(request: SignedInRequest, user: User, status: int = 200, **more: Any) -> HttpResponse:
    lost = shown_lost(user, request.signed_in.administrator)
    data = {
        **head(request, user, "people:credentials"),
        "kinds": shown_credentials(user, request.signed_in.administrator),
        "shared_pin": shared_pin_warning(user, request.signed_in.administrator),
        "lost": lost,
        "has_lost_card": any(each.is_card for each in lost),
        "home_zone": home_zone(user),
        "refused_cards": refused_lately(request.signed_in.administrator),
        "days_choices": days_choices(),
        **more,
    }
    return render(request, "people/credentials.html", data, status=status)
