"""The second step of the ordinary sign-in: the code, or the passkey, that an administrator gives after the password.

Until then no session is open. Which page was wanted stays in the address, so that each tab keeps its own.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_scopes import scope

from doorsync.hub.administrators import cookies, relying_party, second_step
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import SecondFactorOff, Throttled, WrongCode, WrongPasskey
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.passkey_challenges import SECONDS, new_challenge
from doorsync.hub.administrators.passkeys import credentials_of, passkeys_of, use_passkey
from doorsync.hub.administrators.second_factor import check_code, find_factor
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
    """Ask for the code or a passkey; the right one opens the session."""
    if request.method == "POST" and not same_origin(request):
        return answers.foreign_form(request)
    administrator = second_step.waiting_administrator(request.COOKIES)
    if administrator is None:
        return _begin_again(request)
    step = _Step(request, administrator)
    if not (step.asks_code or step.asks_passkey):
        return _begin_again(request)
    if request.method != "POST":
        return step.page()
    return _checked(request, step) if step.form.is_valid() else step.page(422)


@require_POST
def code_challenge(request: Request) -> HttpResponse:
    """What the script of the second step asks the browser with."""
    administrator = second_step.waiting_administrator(request.COOKIES) if same_origin(request) else None
    if administrator is None:
        return answers.foreign_form(request)
    challenge, cookie = new_challenge(_purpose(administrator))
    with scope(company=administrator.company):
        response = JsonResponse(relying_party.request_options(challenge, credentials_of(administrator)))
    cookies.put_passkey(response, cookie, SECONDS)
    return response


class _Step:
    """What is asked for in the second step, and its page."""

    def __init__(self, request: Request, administrator: Administrator) -> None:
        self.request, self.administrator = request, administrator
        self.asks_code = find_factor(administrator) is not None
        with scope(company=administrator.company):
            self.asks_passkey = passkeys_of(administrator).exists()
        self.form = CodeForm(request.POST if request.method == "POST" else None)
        self.form.fields["code"].required = not request.POST.get("passkey")

    def page(self, status: int = 200) -> HttpResponse:
        """Where code or passkey are given."""
        data = {"form": self.form, "asks_code": self.asks_code, "asks_passkey": self.asks_passkey}
        data |= {"next": answers.wanted_page(self.request), "origin": relying_party.passkey_origin()}
        return render(self.request, "sign_in/code.html", data, status=status)

    def check(self) -> None:
        """Use up what was given. Raises WrongCode, WrongPasskey, Throttled or SecondFactorOff."""
        address, answer = caller_of(self.request), self.request.POST.get("passkey")
        if not answer:
            return check_code(administrator=self.administrator, code=self.form.cleaned_data["code"], address=address)
        purpose, browser = _purpose(self.administrator), self.request.COOKIES
        use_passkey(browser=browser, purpose=purpose, answer=answer, address=address, only=self.administrator)
        return None


def _checked(request: Request, step: _Step) -> HttpResponse:
    administrator = step.administrator
    try:
        step.check()
    except WrongCode as error:
        step.form.add_error("code", str(error))
        return step.page(422)
    except WrongPasskey as error:
        step.form.add_error(None, str(error))
        return step.page(422)
    except Throttled as error:
        step.form.add_error(None, answers.too_many_tries(error.seconds))
        response = step.page(429)
        response["Retry-After"] = str(error.seconds)
        return response
    except SecondFactorOff:
        return _begin_again(request)
    response = answers.signed_in_fully(request, administrator)
    cookies.put_second_step(response, "", 0)
    cookies.put_passkey(response, "", 0)
    return response


def _purpose(administrator: Administrator) -> str:
    """What the challenge of the second step is bound to: it is of nobody else's."""
    return f"second-step.{administrator.pk}"


def _begin_again(request: Request) -> HttpResponse:
    """The password was given too long ago, or what it is worth has changed since."""
    wanted = answers.wanted_page(request)
    if request.method != "POST":
        return SeeOther(reverse("sign-in") + (f"?{urlencode({'next': wanted})}" if wanted else ""))
    return answers.sign_in_page(request, SignInForm(label_suffix=""), 422, too_late=True)
