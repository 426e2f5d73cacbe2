"""The second step of the ordinary sign-in: the code that an administrator with a second factor gives after the password.

Until then no session is open. Which page was wanted stays in the address, so that each tab keeps its own.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators import cookies, second_step
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import SecondFactorOff, Throttled, WrongCode
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.second_factor import check_code
from doorsync.hub.web.decorators import same_origin
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.sign_in.forms import CodeForm, SignInForm


def ask_for_code(request: Request, administrator: Administrator) -> HttpResponse:
    """On to the second step, for whoever gave the right password."""
    wanted = answers.wanted_page(request)
    response = SeeOther(reverse("sign-in-code") + (f"?{urlencode({'next': wanted})}" if wanted else ""))
    cookies.put_second_step(response, second_step.after_password(administrator), second_step.SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: Request) -> HttpResponse:
    """Ask for the code; the right one opens the session."""
    if request.method == "POST" and not same_origin(request):
        return answers.foreign_form(request)
    administrator = second_step.waiting_administrator(request.COOKIES)
    if administrator is None:
        return _begin_again(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    return _checked(request, form, administrator) if form.is_valid() else _page(request, form, 422)


def _checked(request: Request, form: CodeForm, administrator: Administrator) -> HttpResponse:
    try:
        check_code(administrator=administrator, code=form.cleaned_data["code"], address=caller_of(request))
    except WrongCode as error:
        form.add_error("code", str(error))
        return _page(request, form, 422)
    except Throttled as error:
        form.add_error(None, answers.too_many_tries(error.seconds))
        response = _page(request, form, 429)
        response["Retry-After"] = str(error.seconds)
        return response
    except SecondFactorOff:
        return _begin_again(request)
    response = answers.signed_in_fully(request, administrator)
    cookies.put_second_step(response, "", 0)
    return response


def _begin_again(request: Request) -> HttpResponse:
    """The password was given too long ago, or what it is worth has changed since."""
    wanted = answers.wanted_page(request)
    if request.method != "POST":
        return SeeOther(reverse("sign-in") + (f"?{urlencode({'next': wanted})}" if wanted else ""))
    return answers.sign_in_page(request, SignInForm(label_suffix=""), 422, too_late=True)


def _page(request: Request, form: CodeForm, status: int = 200) -> HttpResponse:
    return render(request, "sign_in/code.html", {"form": form, "next": answers.wanted_page(request)}, status=status)
