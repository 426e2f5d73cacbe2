"""The one-time page that makes the first company of a hub. Where there is a company, there is nothing at its address."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators import authentication, cookies, sessions
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.administrators.errors import BadUsername, Busy, WeakPassword
from doorsync.hub.administrators.first_company import FirstCompany, set_up
from doorsync.hub.companies.errors import AlreadySetUp, CompanyError, UnknownTimeZone, WrongSetupCode
from doorsync.hub.companies.setup_codes import is_set_up
from doorsync.hub.web.decorators import same_origin
from doorsync.hub.web.setup.forms import SetupForm
from doorsync.hub.web.sign_in import answers

FIELDS: dict[type[Exception], str] = {
    WrongSetupCode: "code",
    UnknownTimeZone: "time_zone",
    BadUsername: "username",
    WeakPassword: "password",
}


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: Request) -> HttpResponse:
    """Ask for the code and the first company; make it, and show its security code this once."""
    if is_set_up():
        _nothing_here()
    form = SetupForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    if not same_origin(request):
        return answers.foreign_form(request)
    return _made(request, form) if form.is_valid() else _page(request, form, 422)


def _made(request: Request, form: SetupForm) -> HttpResponse:
    given = form.cleaned_data
    wanted = FirstCompany(**{name: given[name] for name in FirstCompany.__slots__})
    try:
        owner, code = set_up(wanted, given["code"])
    except AlreadySetUp:
        _nothing_here()
    except (CompanyError, BadUsername, WeakPassword, Busy) as error:
        form.add_error(FIELDS.get(type(error)), str(error) or type(error).__doc__ or "")
        return _page(request, form, 422)
    signed_in, secret = authentication.sign_in_fully(request, owner)
    response = render(request, "setup/done.html", {"company": owner.company, "code": code, "query": signed_in.query})
    cookies.put_full(response, secret, int(sessions.FULL_LONGEST.total_seconds()))
    return response


def _nothing_here() -> NoReturn:
    raise Http404


def _page(request: Request, form: SetupForm, status: int = 200) -> HttpResponse:
    return render(request, "setup/setup.html", {"form": form}, status=status)
