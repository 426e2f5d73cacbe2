"""Signing in with a passkey: the browser finds it by itself, so neither company nor name is asked for."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from doorsync.hub.administrators import cookies, passkey_challenges, passkeys, relying_party
from doorsync.hub.administrators.authentication import Request
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import NoSuchAdministrator, Throttled, WrongPasskey
from doorsync.hub.administrators.passkey_challenges import SECONDS, SIGN_IN
from doorsync.hub.providers.account_sessions import check_password_is_enough
from doorsync.hub.web.decorators import same_origin
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther
from doorsync.hub.web.sign_in.forms import SignInForm


@require_POST
def passkey_challenge(request: Request) -> HttpResponse:
    """What the script of the sign-in page asks the browser with."""
    if not same_origin(request):
        return answers.foreign_form(request)
    challenge, cookie = passkey_challenges.new_challenge(SIGN_IN)
    response = JsonResponse(relying_party.request_options(challenge))
    cookies.put_passkey(response, cookie, SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_passkey(request: Request) -> HttpResponse:
    """Open a session for whoever's passkey this browser used. All refusals look alike."""
    if request.method != "POST":
        return SeeOther(reverse("sign-in"))
    if not same_origin(request):
        return answers.foreign_form(request)
    try:
        administrator = passkeys.use_passkey(
            browser=request.COOKIES, purpose=SIGN_IN, answer=request.POST.get("passkey", ""), address=caller_of(request)
        )
        check_password_is_enough(administrator)
    except (WrongPasskey, NoSuchAdministrator):
        text = _("That passkey was not accepted. Try again, or sign in with your password.")
        return answers.sign_in_page(request, SignInForm(label_suffix=""), 422, problem=text)
    except Throttled as error:
        text = answers.too_many_tries(error.seconds)
        response = answers.sign_in_page(request, SignInForm(label_suffix=""), 429, problem=text)
        response["Retry-After"] = str(error.seconds)
        return response
    response = answers.signed_in_fully(request, administrator, by_passkey=True)
    cookies.put_passkey(response, "", 0)
    return response
