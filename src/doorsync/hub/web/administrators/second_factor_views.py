"""One's own second factor: turning it on and off, and new recovery codes. Each asks for the password anew."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.administrators import authentication, cookies, one_time_codes, second_factor, sessions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.errors import AdministratorError, FactorDemanded, SecondFactorOff, SecondFactorOn
from doorsync.hub.administrators.relying_party import passkey_origin
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.web.administrators.forms import CodeProofForm, TurnOnForm
from doorsync.hub.web.administrators.own_proof import gave_code, gave_password
from doorsync.hub.web.decorators import during_set_up, needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.qr_codes import qr_code
from doorsync.hub.web.saving import WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
@during_set_up
def turn_on(request: SignedInRequest) -> HttpResponse:
    """Show a new secret to the app, and take its first code. Other sign-ins end; this browser is signed in anew."""
    if second_factor.find_factor(request.signed_in.administrator):
        return _said(request, str(SecondFactorOn()), "wait")
    form = TurnOnForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Turn on the second factor"), back=_account(), button=_("Turn it on"))
    page.template, secret = "administrators/turn_on.html", _offered(request)
    page.data = _shown_secret(request, secret)
    if request.method != "POST":
        return page.shown()
    if not (form.is_valid() and gave_password(request, form)):
        return page.shown(WRONG)
    return _turned_on(request, page, secret)


@require_safe
@needs_permission(Permission.VIEW)
@during_set_up
def set_up(request: SignedInRequest) -> HttpResponse:
    """Where whoever has none begins, if their company demands one."""
    if not request.signed_in.sets_up:
        return SeeOther(_account())
    data = {"title": _("Set up a second factor"), "passkey_origin": passkey_origin()}
    return render(request, "administrators/set_up_factor.html", data)


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def turn_off(request: SignedInRequest) -> HttpResponse:
    """Sign in with the password alone again."""
    page = _proof_page(request, _("Turn off the second factor?"), _("Turn it off"))
    page.data["lead"] = _("Whoever knows your password can then sign in as you.")
    if not _proved(request, page):
        return page.shown(WRONG if request.method == "POST" else 200)
    try:
        second_factor.turn_off(administrator=request.signed_in.administrator, actor=request.signed_in.actor)
    except (SecondFactorOff, FactorDemanded) as error:
        return _said(request, str(error), "wait")
    return _said(request, _("The second factor is off."))


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def renew_recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Ten new ones, shown this once; the old ones are worthless."""
    page = _proof_page(request, _("Make new recovery codes?"), _("Make new codes"))
    page.data["lead"] = _("The recovery codes that you have now will no longer work.")
    if not _proved(request, page):
        return page.shown(WRONG if request.method == "POST" else 200)
    signed_in = request.signed_in
    try:
        codes = second_factor.renew_recovery_codes(administrator=signed_in.administrator, actor=signed_in.actor)
    except SecondFactorOff as error:
        return _said(request, str(error), "wait")
    return _codes_page(request, codes)


def _turned_on(request: SignedInRequest, page: FormPage, secret: str) -> HttpResponse:
    administrator, code = request.signed_in.administrator, page.form.cleaned_data["code"]
    try:
        codes = second_factor.turn_on(administrator=administrator, secret=secret, code=code, actor=request.signed_in.actor)
    except AdministratorError as error:
        page.form.add_error("code", str(error))
        return page.shown(WRONG)
    request.signed_in, cookie = authentication.sign_in_fully(request, administrator)
    response = _codes_page(request, codes)
    cookies.put_full(response, cookie, int(sessions.FULL_LONGEST.total_seconds()))
    return response


def _offered(request: SignedInRequest) -> str:
    """The secret that the page shows: after a mistake the same one, for the app has it already."""
    try:
        return second_factor.open_offer(request.signed_in.administrator, request.POST.get("offer", ""))
    except CannotUnseal:
        return one_time_codes.new_secret()


def _shown_secret(request: SignedInRequest, secret: str) -> dict[str, str]:
    administrator = request.signed_in.administrator
    address = one_time_codes.app_address(secret, f"{administrator.username}@{administrator.company.slug}")
    letters = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"offer": second_factor.seal_offer(administrator, secret), "qr_code": qr_code(address), "letters": letters}


def _proof_page(request: SignedInRequest, title: str, button: str) -> FormPage:
    return FormPage(request=request, form=CodeProofForm(request.POST or None), title=title, back=_account(), button=button)


def _proved(request: SignedInRequest, page: FormPage) -> bool:
    form = page.form
    return request.method == "POST" and form.is_valid() and gave_password(request, form) and gave_code(request, form)


def _codes_page(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    data = {"codes": codes, "title": _("Your recovery codes"), "back": _account()}
    return render(request, "administrators/recovery_codes.html", data)


def _said(request: SignedInRequest, text: str, tone: str = "good") -> HttpResponse:
    tell(request, text, tone)
    return SeeOther(_account())


def _account() -> str:
    return reverse("account:account")
