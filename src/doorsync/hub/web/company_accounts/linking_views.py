"""Which company account an administrator signs in with: expected by an owner, linked by themselves, and ended by an owner."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import Request, SignedIn, SignedInRequest
from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.providers.accounts import expect_account, unlink_account
from doorsync.hub.providers.attempts import begin_attempt
from doorsync.hub.providers.errors import NotLinked, ProviderError
from doorsync.hub.providers.queries import account_of, provider_of
from doorsync.hub.web.administrators.own_proof import gave_proof, proof_page
from doorsync.hub.web.company_accounts.answers import to_provider
from doorsync.hub.web.company_accounts.forms import AddressForm
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import REFUSED, WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def expect(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which account is expected to be theirs; or see which one is linked."""
    administrator = _found(pk)
    account, back = account_of(administrator), reverse("administrators:change", args=[pk])
    form = AddressForm(request.POST or None, initial={"address": account.address if account else ""})
    page = FormPage(request=request, form=form, title=_("Company account of %(name)s") % {"name": administrator}, back=back)
    page.template = "company_accounts/expect.html"
    page.data = {"administrator": administrator, "account": account, "provider": provider_of(request.signed_in.company)}
    page.data["lead"] = _("The account that shows this address at its first sign-in within two weeks is linked.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    address, actor = form.cleaned_data["address"], request.signed_in.actor
    told = _("%(name)s can sign in with their company account now.") % {"name": administrator}
    return page.saved(lambda: expect_account(administrator=administrator, address=address, actor=actor), told)


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the link, and with it their sign-ins."""
    administrator, problem = _found(pk), ""
    if request.method == "POST":
        if request.POST.get("word", "").strip() == administrator.username.strip():
            return _unlinked(request, administrator)
        problem = _("That is not “%(name)s”. Nothing was changed.") % {"name": administrator.username}
    data = {
        "title": _("End the link to the company account of %(name)s?") % {"name": administrator},
        "explained": [_("Their sign-ins end. The account opens nothing here until it is linked again.")],
        "word": administrator.username,
        "problem": problem,
        "button": _("End the link"),
        "grave": True,
        "back": reverse("company-accounts:expect", args=[pk]),
    }
    return render(request, "app/confirm.html", data, status=REFUSED if problem else 200)


@require_http_methods(METHODS)
@needs_permission(Permission.VIEW)
def link_own(request: SignedInRequest) -> HttpResponse:
    """Link the company account that one signs in to now. They prove who they are, as for a passkey: it is another way in."""
    signed_in = request.signed_in
    provider, account = provider_of(signed_in.company), account_of(signed_in.administrator)
    if provider is None:
        return _said(request, _("Your company has no identity provider."), "wait")
    if account and account.subject:
        return _said(request, _("A company account is linked to you already. An owner can end that link."), "wait")
    page = proof_page(request, title=_("Link your company account"), back=_account(), button=_("Go on"))
    page.data["lead"] = _("You sign in at your company's provider next. From then on you can sign in here with that account.")
    if request.method != "POST" or not gave_proof(request, page.form):
        return page.shown(WRONG if request.method == "POST" else 200)
    try:
        return to_provider(request, provider, begin_attempt(provider, linking=signed_in.public_id))
    except ProviderError as error:
        page.form.add_error(None, str(error))
        return page.shown(WRONG)


def told_after_linking(request: Request, signed_in: SignedIn, error: AdministratorError | None) -> HttpResponse:
    """Back to one's account, with what came of it."""
    text, tone = (str(error), "bad") if error else (_("Your company account is linked. You can sign in with it."), "good")
    tell(_in(request, signed_in), text, tone)
    return SeeOther(_account())


def _in(request: Request, signed_in: SignedIn) -> SignedInRequest:
    request.signed_in = signed_in
    return request  # type: ignore[return-value]  # it is signed in now


def _unlinked(request: SignedInRequest, administrator: Administrator) -> HttpResponse:
    try:
        unlink_account(administrator=administrator, actor=request.signed_in.actor)
    except NotLinked as error:
        tell(request, str(error), "wait")
    else:
        tell(request, _("The link of %(name)s has ended.") % {"name": administrator})
    return SeeOther(reverse("administrators:list"))


def _said(request: SignedInRequest, text: str, tone: str = "good") -> HttpResponse:
    tell(request, text, tone)
    return SeeOther(_account())


def _account() -> str:
    return reverse("account:account")


def _found(pk: int) -> Administrator:
    return get_object_or_404(Administrator.objects.select_related("company"), pk=pk)
