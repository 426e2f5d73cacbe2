"""Adding a person, and editing their details."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.sync.holdings.visible_users import may_change_user
from doorsync.hub.users.edits import add_user, edit_user, newest_user, present_values
from doorsync.hub.users.errors import BadFields, ChangedMeanwhile, UserGone
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Group, InfoField, User
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.card_choice import chosen_card, refused_lately
from doorsync.hub.web.people.details_form import DetailsForm, initial_of, seen_text, seen_values
from doorsync.hub.web.people.grantable_groups import grantable_groups
from doorsync.hub.web.people.new_credentials_form import NewCredentialsForm
from doorsync.hub.web.people.person_page import head, tell_saved, told_faults, user_by_number
from doorsync.hub.web.people.present_words import described
from doorsync.hub.web.people.shared_pins import tell_shared_pin
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther

CONFLICT, INVALID = 409, 422
LONGEST = 18  # digits of a number in the database


@require_http_methods(["GET", "HEAD", "POST"])
@needs_full_sign_in
def person_details(request: SignedInRequest, number: int) -> HttpResponse:
    """The details of a person in a form; saving them when it is sent."""
    user = user_by_number(request, number)
    shown = list(grantable_groups(request.signed_in.administrator))
    form = _form(request, shown, user)
    if request.method != "POST":
        return _page(request, user, form)
    if not may_change_user(request.signed_in.administrator, user):
        return answers.not_allowed(request)
    return _save(request, user, form) if form.is_valid() else _page(request, user, form, INVALID)


def _save(request: SignedInRequest, user: User, form: DetailsForm) -> HttpResponse:
    seen = seen_values(request.POST.get("seen", ""), form.names)
    hidden = user.memberships.exclude(group__in=form.groups).values_list("group_id", flat=True)
    try:
        edit_user(user=user, seen=seen, fields=form.said(hidden), actor=request.signed_in.actor)
    except BadFields as error:
        form.tell(error.faults)
        return _page(request, user, form, INVALID)
    except ChangedMeanwhile as error:
        form.tell({name: described(name, value) for name, value in error.present.items()})
        return _page(request, user_by_number(request, user.number), form, CONFLICT, changed_meanwhile=True)
    except UserGone:
        tell(request, _("Somebody has removed this person meanwhile. Nothing was saved."), "bad")
        return SeeOther(reverse("people:list"))
    tell_saved(request, user_by_number(request, user.number))
    return SeeOther(reverse("people:person", args=[user.number]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PEOPLE)
def add_person(request: SignedInRequest) -> HttpResponse:
    """A new person: details, and a card or PIN at once."""
    posted = request.POST if request.method == "POST" else None
    form = DetailsForm(posted, groups=grantable_groups(request.signed_in.administrator), infos=InfoField.objects.all())
    credentials = NewCredentialsForm(posted)
    if posted is None:
        return _add_page(request, form, credentials)
    if not (form.is_valid() and credentials.is_valid()):
        return _add_page(request, form, credentials, INVALID)
    if "look" in request.POST:  # again for cards that were refused; what was typed stays
        return _add_page(request, form, credentials)
    try:
        said = credentials.said(lambda typed: chosen_card(request.signed_in.administrator, request.POST, typed))
        fields: Fields = {**form.said(), "credentials": said}
        newest = _whole(request.POST.get("newest", ""))
        user = add_user(company=request.signed_in.company, fields=fields, actor=request.signed_in.actor, newest=newest)
    except BadFields as error:
        faults = told_faults(request, error)
        form.tell({name: text for name, text in faults.items() if name not in credentials.fields})
        credentials.tell({name: text for name, text in faults.items() if name in credentials.fields})
        return _add_page(request, form, credentials, INVALID)
    tell_saved(request, user)
    tell_shared_pin(request, user)
    return SeeOther(reverse("people:person", args=[user.number]))


def _form(request: SignedInRequest, groups: list[Group], user: User) -> DetailsForm:
    data = request.POST if request.method == "POST" else None
    form = DetailsForm(data, groups=groups, infos=InfoField.objects.all())
    form.initial = initial_of(user, present_values(user, form.names))
    return form


def _page(request: SignedInRequest, user: User, form: DetailsForm, status: int = 200, **more: Any) -> HttpResponse:
    """`seen` is what is there now: who sends the form again after a conflict has seen that."""
    data = {
        **head(request, user, "people:person"),
        "form": form,
        "rows": form.rows(),
        "seen": seen_text(present_values(user, form.names)) if status != INVALID else request.POST.get("seen", ""),
        **more,
    }
    return render(request, "people/details.html", data, status=status)


def _add_page(request: SignedInRequest, form: DetailsForm, credentials: NewCredentialsForm, status: int = 200) -> HttpResponse:
    refused = refused_lately(request.signed_in.administrator)
    newest = _whole(request.POST.get("newest", ""))
    data = {
        "form": form,
        "rows": form.rows(),
        "credentials": credentials,
        "refused_cards": refused,
        "newest": newest_user() if newest is None else newest,
    }
    return render(request, "people/add.html", data, status=status)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
