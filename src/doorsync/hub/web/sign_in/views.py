"""The pages of the ordinary sign-in, and of signing out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.hub.administrators import actions, authentication, cookies, sessions
from doorsync.hub.administrators.authentication import Request, SignedInRequest
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.demanded_factor import owes_passkey
from doorsync.hub.administrators.errors import AdministratorError, Busy, NoSuchAdministrator, Throttled
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.second_factor import find_factor
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.queries import company_by_slug
from doorsync.hub.companies.setup_codes import is_set_up
from doorsync.hub.providers.account_sessions import check_password_is_enough
from doorsync.hub.web.decorators import during_set_up, needs_session, same_origin
from doorsync.hub.web.sign_in import answers, second_step_views
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.sign_in.forms import SignInForm


@require_safe
def home(request: Request) -> HttpResponse:
    """The bare address: to the overview, to the page that a link's session is for, or to the sign-in; first of all to set-up."""
    known = request.signed_in
    if known and known.kind == "full":
        return SeeOther(reverse("overview"))
    if known:
        return SeeOther(answers.first_page(known.kind, known.public_id))
    return SeeOther(reverse("sign-in") if is_set_up() else reverse("setup"))


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """The ordinary sign-in."""
    form = SignInForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method != "POST":
        return answers.sign_in_page(request, form)
    if not same_origin(request):
        return answers.foreign_form(request)
    if not form.is_valid():
        return _sign_in_again(request, form, 422)
    try:
        administrator = _authenticated(request, form)
    except AdministratorError as error:
        return _explained(request, form, error)
    if find_factor(administrator) or owes_passkey(administrator):
        return second_step_views.ask_for_code(request, administrator)
    return answers.signed_in_fully(request, administrator)


@require_POST
@needs_session
@during_set_up
def sign_out(request: SignedInRequest) -> HttpResponse:
    """End the session that the form named."""
    authentication.sign_out(request.signed_in)
    response = SeeOther(reverse("signed-out"))
    if request.signed_in.kind == "full":
        cookies.drop_full(response)
    else:
        response = SeeOther(f"{reverse('signed-out')}?{request.signed_in.query}")  # so that it shows in the frame it came from
        cookies.drop(response, f"{cookies.SYNC}{request.signed_in.public_id}")
    return response


@require_safe
def signed_out(request: Request) -> HttpResponse:
    """A quiet end. Where a sync session ended in a frame, it may be shown there."""
    request.frame_origins = sessions.frame_origins(request.GET.get("s", ""))
    return render(request, "sign_in/signed_out.html", {"may_sign_in": answers.in_a_window(request)})


def _authenticated(request: Request, form: SignInForm) -> Administrator:
    given, address = form.cleaned_data, caller_of(request)
    try:
        company = company_by_slug(given["company"])
    except UnknownCompany:
        actions.refuse_unknown_company(slug=given["company"].lower(), password=given["password"], address=address)
    found = actions.authenticate(company=company, username=given["username"], password=given["password"], address=address)
    check_password_is_enough(found)
    return found


def _explained(request: Request, form: SignInForm, error: AdministratorError) -> HttpResponse:
    match error:
        case Throttled(seconds=seconds):
            response = _sign_in_again(request, form, 429, answers.too_many_tries(seconds))
            response["Retry-After"] = str(seconds)
        case Busy():
            response = _sign_in_again(request, form, 503, _("Many people sign in at this moment. Try again in a few seconds."))
            response["Retry-After"] = "5"
        case NoSuchAdministrator():
            text = _("Company, name and password do not belong together. Check each of them and try again.")
            response = _sign_in_again(request, form, 422, text)
        case _:
            raise error
    return response


def _sign_in_again(request: Request, form: SignInForm, status: int, text: str = "") -> HttpResponse:
    if text:
        form.add_error(None, text)
    return answers.sign_in_page(request, form, status)
