"""One's own password, language and sessions. Every level has these pages."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.hub.administrators import actions, authentication, cookies, sessions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.demanded_factor import owes_passkey
from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.administrators.models import Session
from doorsync.hub.administrators.passkeys import passkeys_of
from doorsync.hub.administrators.recovery_codes import count_recovery_codes
from doorsync.hub.administrators.relying_party import passkey_origin
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.administrators.second_factor import find_factor
from doorsync.hub.web.administrators.forms import LanguageForm, OwnPasswordForm
from doorsync.hub.web.administrators.own_proof import gave_password
from doorsync.hub.web.clock import company_zone
from doorsync.hub.web.company_accounts.own_account import company_account_of
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@needs_permission(Permission.VIEW)
def account(request: SignedInRequest) -> HttpResponse:
    """Where one is signed in, one's language and passkeys, and whether a second factor is asked for."""
    now = timezone.now()
    live = [each for each in _mine(request).order_by("-opened_at") if not sessions.lapse_reason(each, now)]
    data = {"sessions": live, "here": request.signed_in.public_id, "title": _("Your account"), "zone": company_zone()}
    factor = find_factor(request.signed_in.administrator)
    data |= {"factor": factor, "codes_left": count_recovery_codes(factor) if factor else 0}
    data["demanded"] = owes_passkey(request.signed_in.administrator)
    data |= {"passkeys": passkeys_of(request.signed_in.administrator), "passkey_origin": passkey_origin()}
    data |= company_account_of(request.signed_in.administrator, live)
    data["form"] = LanguageForm(initial={"language": request.signed_in.administrator.language})
    return render(request, "administrators/account.html", data)


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def own_password(request: SignedInRequest) -> HttpResponse:
    """Another password. All one's sign-ins end, and this browser is signed in anew."""
    form = OwnPasswordForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Your password"), back=reverse("account:account"))
    page.data["lead"] = _("All your other sign-ins end.")
    if passkeys_of(request.signed_in.administrator).exists():
        page.data["lead"] = _("All your other sign-ins end. Your passkeys stay: remove those that you do not know.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    given, administrator = form.cleaned_data, request.signed_in.administrator
    if not gave_password(request, form):
        return page.shown(WRONG)
    try:
        actions.change_password(administrator=administrator, password=given["password"], actor=request.signed_in.actor)
    except AdministratorError as error:
        form.add_error("password", str(error))
        return page.shown(WRONG)
    request.signed_in, secret = authentication.sign_in_fully(request, administrator)
    tell(request, _("Your password was changed."))
    response = SeeOther(page.back)
    cookies.put_full(response, secret, int(sessions.FULL_LONGEST.total_seconds()))
    return response


@require_POST
@needs_permission(Permission.VIEW)
def choose_language(request: SignedInRequest) -> HttpResponse:
    """Take a language for one's own pages, or go by the browser again."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    chosen = form.cleaned_data["language"]
    actions.choose_language(administrator=request.signed_in.administrator, language=chosen)
    with translation.override(chosen or get_language_from_request(request)):
        tell(request, _("Your pages are in this language now."))
    return SeeOther(reverse("account:account"))


@require_POST
@needs_permission(Permission.VIEW)
def end_session(request: SignedInRequest) -> HttpResponse:
    """End one of one's sessions, or all but this one."""
    others = _mine(request).exclude(public_id=request.signed_in.public_id)
    which = request.POST.get("which", "")
    ended = list(others) if request.POST.get("all") else [get_object_or_404(others, public_id=which)]
    for each in ended:
        sessions.end_session(each, "ended-elsewhere", request.signed_in.actor)
    tell(request, _("The sign-ins have ended.") if len(ended) > 1 else _("The sign-in has ended."))
    return SeeOther(reverse("account:account"))


def _mine(request: SignedInRequest) -> QuerySet[Session]:
    rows = Session.objects.select_related("administrator__company")
    return rows.filter(administrator=request.signed_in.administrator, ended_at=None)
