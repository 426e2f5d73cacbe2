"""One's own passkeys: making, renaming and removing them. Making and removing asks anew who is there."""

from __future__ import annotations

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from doorsync.hub.administrators import authentication, cookies, passkey_challenges, passkeys, relying_party, sessions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.errors import AdministratorError, FactorDemanded, NoSuchPasskey, WrongPasskey
from doorsync.hub.administrators.models import Passkey
from doorsync.hub.administrators.passkey_challenges import SECONDS
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.web.administrators.forms import MakePasskeyForm, PasskeyNameForm
from doorsync.hub.web.administrators.own_proof import gave_proof, proof_page, proof_purpose
from doorsync.hub.web.decorators import during_set_up, needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]


@require_POST
@needs_permission(Permission.VIEW)
@during_set_up
def challenge(request: SignedInRequest) -> HttpResponse:
    """What a script asks the browser with, for one of their passkeys as a proof of who is there."""
    made, cookie = passkey_challenges.new_challenge(proof_purpose(request))
    credentials = passkeys.credentials_of(request.signed_in.administrator)
    response = JsonResponse(relying_party.request_options(made, credentials))
    cookies.put_passkey(response, cookie, SECONDS)
    return response


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
@during_set_up
def add(request: SignedInRequest) -> HttpResponse:
    """Ask who is there; whoever proves it goes on to make the passkey."""
    page = proof_page(request, title=_("Add a passkey"), button=_("Go on"), back=_account())
    page.data["lead"] = _("A passkey signs you in with your fingerprint, face or the PIN of your device, without a password.")
    if not relying_party.passkey_origin():
        return SeeOther(_account())
    if request.method != "POST" or not gave_proof(request, page.form):
        return page.shown(WRONG if request.method == "POST" else 200)
    response = SeeOther(reverse("account:make-passkey"))
    cookies.put_passkey(response, passkey_challenges.new_challenge(_making(request))[1], SECONDS)
    return response


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
@during_set_up
def make(request: SignedInRequest) -> HttpResponse:
    """Let the browser make the passkey, and keep it. Other sign-ins end; this browser is signed in anew."""
    try:
        waiting = passkey_challenges.open_challenge(request.COOKIES, _making(request))
    except WrongPasskey:
        tell(request, _("That took too long. Begin again."), "wait")
        return SeeOther(reverse("account:add-passkey"))
    form = MakePasskeyForm(request.POST or None)
    page = FormPage(request=request, form=form, title=_("Make the passkey"), back=_account(), button=_("Make it"))
    page.template, page.data = "administrators/make_passkey.html", {"origin": relying_party.passkey_origin()}
    page.data["options"] = json.dumps(_creation_options(request, waiting))
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    return _made(request, page)


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name."""
    passkey = _mine(request, pk)
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    page = FormPage(request=request, form=form, title=_("Rename the passkey"), back=_account())
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    name, actor = form.cleaned_data["name"], request.signed_in.actor
    return page.saved(lambda: passkeys.rename_passkey(passkey=passkey, name=name, actor=actor), _("Your data has been updated."))


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it away. All sign-ins end; this browser is signed in anew."""
    passkey = _mine(request, pk)
    title = _("Remove the passkey “%(name)s”?") % {"name": passkey.name}
    page = proof_page(request, title=title, button=_("Remove it"), back=_account())
    page.data["lead"] = _("It no longer signs you in, and all your other sign-ins end. Delete it on your device too.")
    if request.method != "POST" or not gave_proof(request, page.form):
        return page.shown(WRONG if request.method == "POST" else 200)
    signed_in = request.signed_in
    try:
        passkeys.remove_passkey(administrator=signed_in.administrator, passkey=passkey, actor=signed_in.actor)
    except (NoSuchPasskey, FactorDemanded) as error:
        tell(request, str(error), "wait")
        return SeeOther(_account())
    return _signed_in_anew(request, _("The passkey was removed."), by_passkey=bool(page.form.cleaned_data["passkey"]))


def _made(request: SignedInRequest, page: FormPage) -> HttpResponse:
    given, signed_in = page.form.cleaned_data, request.signed_in
    try:
        waiting = passkey_challenges.spend_challenge(request.COOKIES, _making(request))
        passkeys.add_passkey(
            administrator=signed_in.administrator,
            name=given["name"],
            challenge=waiting,
            answer=given["passkey"],
            actor=signed_in.actor,
        )
    except AdministratorError as error:
        tell(request, str(error), "bad")
        return SeeOther(_account())
    return _signed_in_anew(request, _("The passkey was added. It signs you in from now on."), by_passkey=True)


def _signed_in_anew(request: SignedInRequest, text: str, *, by_passkey: bool) -> HttpResponse:
    administrator = request.signed_in.administrator
    request.signed_in, cookie = authentication.sign_in_fully(request, administrator, by_passkey=by_passkey)
    tell(request, text)
    response = SeeOther(_account())
    cookies.put_full(response, cookie, int(sessions.FULL_LONGEST.total_seconds()))
    cookies.put_passkey(response, "", 0)
    return response


def _creation_options(request: SignedInRequest, waiting: bytes) -> dict[str, object]:
    administrator = request.signed_in.administrator
    return relying_party.creation_options(
        waiting,
        handle=passkeys.user_handle(administrator),
        name=f"{administrator.username}@{administrator.company.slug}",
        others=passkeys.credentials_of(administrator),
    )


def _making(request: SignedInRequest) -> str:
    """What the challenge of a new passkey is bound to: it is only given to whoever has proved who they are."""
    return f"make.{request.signed_in.public_id}"


def _mine(request: SignedInRequest, pk: int) -> Passkey:
    return get_object_or_404(passkeys.passkeys_of(request.signed_in.administrator), pk=pk)


def _account() -> str:
    return reverse("account:account")
