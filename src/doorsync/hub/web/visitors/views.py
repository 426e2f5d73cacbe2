"""The front desk's list of visitors, expecting one, and what becomes of their visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.domain.text import normalized_text
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.audit import trail
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.sync.holdings.visible_users import may_change_user, visible_users
from doorsync.hub.users.errors import BadFields
from doorsync.hub.visitors import actions
from doorsync.hub.visitors.errors import BadVisit, VisitError
from doorsync.hub.visitors.models import Visit
from doorsync.hub.visitors.passes import pass_number
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.decorators import needs_full_sign_in, needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.card_choice import chosen_card, refused_lately
from doorsync.hub.web.people.grantable_groups import grantable_groups
from doorsync.hub.web.people.held_back import tell_held_back
from doorsync.hub.web.people.new_credentials_form import NewCredentialsForm
from doorsync.hub.web.people.person_page import tell_saved, told_faults
from doorsync.hub.web.people.shared_pins import tell_shared_pin
from doorsync.hub.web.qr_codes import qr_code
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.visitors.forms import VisitForm
from doorsync.hub.web.visitors.visit_list import WHEN, visible_visits, visit_rows

INVALID = 422
LATE = 17  # from this hour on a visit usually lasts longer than to 18:00


@require_safe
@needs_full_sign_in
def visit_list(request: SignedInRequest) -> HttpResponse:
    """Today's visitors, those to come, or those who were here."""
    when = request.GET.get("when", "today")
    if when not in WHEN:
        raise Http404
    tabs = [{"text": text, "address": f"?when={name}", "chosen": name == when} for name, text in WHEN.items()]
    rows = visit_rows(request.signed_in.administrator, when)
    return render(request, "visitors/list.html", {"rows": rows, "when": when, "tabs": tabs, "zone": company_zone()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PEOPLE)
def add_visit(request: SignedInRequest) -> HttpResponse:
    """Expect somebody."""
    posted = request.POST if request.method == "POST" else None
    form = VisitForm(posted, groups=grantable_groups(request.signed_in.administrator), initial=_usual_times())
    credentials = NewCredentialsForm(posted)
    if posted is None or "look" in posted:
        return _add_page(request, form, credentials)
    if not (form.is_valid() and credentials.is_valid()):
        return _add_page(request, form, credentials, INVALID)
    try:
        said = credentials.said(lambda typed: chosen_card(request.signed_in.administrator, posted, typed))
        visit = actions.expect_visitor(
            company=request.signed_in.company,
            fields={**form.said(), "credentials": said},
            host=_host(request, form.cleaned_data["host"]),
            weekly_until=form.cleaned_data["weekly_until"],
            with_pass=form.cleaned_data["with_pass"],
            actor=request.signed_in.actor,
        )
    except BadVisit as error:
        form.add_error(None, str(error))
        return _add_page(request, form, credentials, INVALID)
    except BadFields as error:
        faults = told_faults(request, error)
        form.tell({name: text for name, text in faults.items() if name not in credentials.fields})
        credentials.tell({name: text for name, text in faults.items() if name in credentials.fields})
        return _add_page(request, form, credentials, INVALID)
    tell_saved(request, visit.user, _("%(name)s is expected."))
    tell_shared_pin(request, visit.user)
    return SeeOther(reverse("visitors:pass", args=[visit.pk]) if visit.pass_lookup else reverse("visitors:list"))


@require_POST
@needs_permission(Permission.PEOPLE)
def arrived(request: SignedInRequest, pk: int) -> HttpResponse:
    """They are here."""
    return _moved(request, pk, actions.note_arrival, _("%(name)s has arrived."))


@require_POST
@needs_permission(Permission.PEOPLE)
def not_arrived(request: SignedInRequest, pk: int) -> HttpResponse:
    """They are not here after all."""
    return _moved(request, pk, actions.undo_arrival, _("%(name)s is expected."))


@require_POST
@needs_permission(Permission.PEOPLE)
def left(request: SignedInRequest, pk: int) -> HttpResponse:
    """They have left, and open no door any more."""
    return _moved(
        request,
        pk,
        actions.end_visit,
        _("%(name)s has left. Doors that are reached are told now, the others when they answer. Their card is free."),
    )


@require_POST
@needs_permission(Permission.PEOPLE)
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """They do not come."""
    return _moved(request, pk, actions.cancel_visit, _("The visit of %(name)s was cancelled."))


@require_POST
@needs_permission(Permission.PEOPLE)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """They come after all."""
    may_give = set(grantable_groups(request.signed_in.administrator).values_list("pk", flat=True))

    def again(*, visit: Visit, actor: Any) -> None:
        actions.reopen_visit(visit=visit, groups=may_give, actor=actor)

    return _moved(request, pk, again, _("%(name)s is expected again. Give them a card or PIN anew."))


@require_safe
@needs_permission(Permission.PEOPLE)
def visitor_pass(request: SignedInRequest, pk: int) -> HttpResponse:
    """The QR code of a visit, to be printed or shown. Who looked at it is in the audit."""
    visit = get_object_or_404(visible_visits(request.signed_in.administrator), pk=pk)
    if not may_change_user(request.signed_in.administrator, visit.user):
        return answers.not_allowed(request)
    try:
        number = pass_number(visit)
    except CannotUnseal:
        number = ""
    if number:
        trail.record("visit.pass-shown", actor=request.signed_in.actor, visit=visit.pk, user=visit.user_id)
    data = {"visit": visit, "code": qr_code(number) if number else ""}
    return render(request, "visitors/pass.html", data)


def _moved(request: SignedInRequest, pk: int, change: Callable[..., None], told: str) -> HttpResponse:
    visit = get_object_or_404(visible_visits(request.signed_in.administrator), pk=pk)
    if not may_change_user(request.signed_in.administrator, visit.user):
        return answers.not_allowed(request)
    try:
        change(visit=visit, actor=request.signed_in.actor)
    except VisitError as error:
        tell(request, str(error), "bad")
    else:
        tell(request, told % {"name": visit.user.full_name})
        tell_held_back(request)
    return SeeOther(reverse("visitors:list"))


def _host(request: SignedInRequest, text: str) -> actions.Host:
    """A person whom the administrator sees, by number or by a name that only one of them has; otherwise the name as it is."""
    users, text = visible_users(request.signed_in.administrator).filter(visitor=False), normalized_text(text)
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = list(users.filter(number=int(text)))
    else:
        found = [user for user in users.filter(last_name__iexact=text.rsplit(" ", maxsplit=1)[-1])[:50] if user.full_name == text]
    return actions.Host(name=found[0].full_name, user=found[0]) if len(found) == 1 else actions.Host(name=text[:200])


def _usual_times() -> dict[str, str]:
    now = timezone.now().astimezone(company_zone())
    ends = "18:00" if now.hour < LATE else "23:59"
    return {"day": now.date().isoformat(), "begins": f"{now:%H:00}", "ends": ends}


def _add_page(request: SignedInRequest, form: VisitForm, credentials: NewCredentialsForm, status: int = 200) -> HttpResponse:
    refused = refused_lately(request.signed_in.administrator)
    return render(
        request, "visitors/add.html", {"form": form, "credentials": credentials, "refused_cards": refused}, status=status
    )
