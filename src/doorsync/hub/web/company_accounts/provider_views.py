"""The settings of the company's identity provider. For owners."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.providers.actions import ProviderSettings, change_provider, remove_provider
from doorsync.hub.providers.queries import provider_of, without_account
from doorsync.hub.web.company_accounts.answers import answer_address
from doorsync.hub.web.company_accounts.forms import ProviderForm
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import REFUSED, WRONG, FormPage
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def provider_settings(request: SignedInRequest) -> HttpResponse:
    """Which provider, and what it needs to know of us. It is asked before anything is saved."""
    company = request.signed_in.company
    provider = provider_of(company)
    form = ProviderForm(request.POST or None, provider=provider)
    page = FormPage(request=request, form=form, title=_("Company accounts"), back=reverse("settings:company"))
    page.template, page.data = "company_accounts/provider.html", {"provider": provider, "address": answer_address(company)}
    page.data["unlinked"] = without_account(company) if provider else []
    page.data["lead"] = _("Administrators sign in with the account that they have at your company's OpenID Connect provider.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    wanted, actor = ProviderSettings(**form.cleaned_data), request.signed_in.actor
    return page.saved(lambda: change_provider(company=company, wanted=wanted, actor=actor), _("Your data has been updated."))


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def remove(request: SignedInRequest) -> HttpResponse:
    """Sign in with passwords only again."""
    company, problem = request.signed_in.company, ""
    if request.method == "POST":
        if request.POST.get("word", "").strip() == company.slug:
            remove_provider(company=company, actor=request.signed_in.actor)
            tell(request, _("Nobody signs in with a company account any more."))
            return SeeOther(reverse("settings:company"))
        problem = _("That is not “%(name)s”. Nothing was changed.") % {"name": company.slug}
    data = {
        "title": _("Remove the identity provider?"),
        "explained": [
            _("All links to company accounts end, and so do the sign-ins with them."),
            _("Whoever has forgotten their password needs a new one from an owner."),
        ],
        "word": company.slug,
        "problem": problem,
        "button": _("Remove it"),
        "grave": True,
        "back": reverse("company-accounts:provider"),
    }
    return render(request, "app/confirm.html", data, status=REFUSED if problem else 200)
