"""The list of administrators, adding them, changing what they may do, their passwords, and letting them in no more."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.errors import AdministratorError, SecondFactorOff
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.passkeys import ids_with_passkey, passkeys_of
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.administrators.second_factor import find_factor, ids_with_factor, reset_factor
from doorsync.hub.web.administrators.forms import AddForm, PasswordForm, RoleForm
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import REFUSED, WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]
NAMES = {level: level.label for level in Level}


@require_safe
@needs_permission(Permission.SETTINGS)
def administrator_list(request: SignedInRequest) -> HttpResponse:
    """All administrators and whether they have a second factor and passkeys, those who may not sign in last."""
    found = Administrator.objects.prefetch_related("locations").order_by("-active", "username")
    rows = [(each, _(NAMES.get(Level(each.level), each.level))) for each in found]
    data = {"with_factor": ids_with_factor(), "with_passkey": ids_with_passkey(), "company": request.signed_in.company}
    return render(request, "administrators/list.html", {"rows": rows, "title": _("Administrators"), **data})


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def add_administrator(request: SignedInRequest) -> HttpResponse:
    """A new administrator."""
    form = AddForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Add an administrator"), back=reverse("administrators:list"))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    given, company, actor = form.cleaned_data, request.signed_in.company, request.signed_in.actor
    wanted = {name: given[name] for name in ("username", "name", "password", "role", "sees_credentials")}
    told = _("%(name)s can sign in now, with the short name %(company)s.") % {"name": given["username"], "company": company.slug}
    return page.saved(lambda: actions.create_administrator(company=company, actor=actor, **wanted), told)


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def change_administrator(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another level, other limits. What the old ones opened ends."""
    administrator = _found(pk)
    form = RoleForm(request.POST or None, initial=RoleForm.initial_of(administrator))
    page = FormPage(request=request, form=form, title=str(administrator), back=reverse("administrators:list"))
    page.template, page.data = (
        "administrators/change.html",
        {"administrator": administrator, "secured": find_factor(administrator) or passkeys_of(administrator).exists()},
    )
    page.data["lead"] = _("Their sign-ins end when this changes; they sign in again.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        given, actor = form.cleaned_data, request.signed_in.actor
        actions.change_role(administrator=_found(pk), role=given["role"], actor=actor)
        actions.change_rights(administrator=_found(pk), sees_credentials=given["sees_credentials"], actor=actor)

    return page.saved(change, _("Your data has been updated."))


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def reset_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new password for somebody who forgot theirs."""
    administrator = _found(pk)
    form = PasswordForm(request.POST or None)
    title = _("New password for %(name)s") % {"name": administrator}
    page = FormPage(request=request, form=form, title=title, back=reverse("administrators:list"))
    page.data["account_name"] = administrator.username
    if passkeys_of(administrator).exists():
        page.data["lead"] = _("Their passkeys stay. If one may be somebody else's, reset their second factor as well.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    password, actor = form.cleaned_data["password"], request.signed_in.actor
    told = _("%(name)s has a new password. Sign-ins with the old one have ended.") % {"name": administrator}
    return page.saved(lambda: actions.change_password(administrator=administrator, password=password, actor=actor), told)


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def reset_second_factor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody who lost it. One's own is turned off with password and code instead."""
    administrator, problem = _found(pk), ""
    if administrator.pk == request.signed_in.administrator.pk:
        tell(request, _("Your own second factor is turned off here, with your password and a code."), "wait")
        return SeeOther(reverse("account:account"))
    if request.method == "POST":
        if request.POST.get("word", "").strip() == administrator.username.strip():
            return _reset(request, administrator)
        problem = _("That is not “%(name)s”. Nothing was changed.") % {"name": administrator.username}
    ended = _("App, recovery codes and passkeys no longer work, and their sign-ins end. Next time their password is enough.")
    data = {
        "title": _("Reset the second factor of %(name)s?") % {"name": administrator},
        "explained": [_("Make sure that it is really they who ask."), ended],
        "word": administrator.username,
        "problem": problem,
        "button": _("Reset it"),
        "grave": True,
        "back": reverse("administrators:change", args=[pk]),
    }
    return render(request, "app/confirm.html", data, status=REFUSED if problem else 200)


def _reset(request: SignedInRequest, administrator: Administrator) -> HttpResponse:
    try:
        reset_factor(administrator=administrator, actor=request.signed_in.actor)
    except SecondFactorOff:
        tell(request, _("%(name)s has no second factor.") % {"name": administrator}, "wait")
    else:
        tell(request, _("%(name)s has no second factor any more. Their sign-ins have ended.") % {"name": administrator})
    return SeeOther(reverse("administrators:list"))


@require_POST
@needs_permission(Permission.SETTINGS)
def set_active(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody sign in, or not any more; the other of the two undoes it."""
    administrator, active = _found(pk), request.POST.get("active") == "1"
    try:
        actions.set_active(administrator=administrator, active=active, actor=request.signed_in.actor)
    except AdministratorError as error:
        tell(request, str(error), "bad")
    else:
        told = _("%(name)s can sign in again.") if active else _("%(name)s can no longer sign in. Their sign-ins have ended.")
        tell(request, told % {"name": administrator})
    return SeeOther(reverse("administrators:list"))


def _found(pk: int) -> Administrator:
    return get_object_or_404(Administrator.objects.select_related("company"), pk=pk)
