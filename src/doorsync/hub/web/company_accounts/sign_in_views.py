"""Signing in with a company account. Whatever does not work looks the same; the audit has the reason."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from doorsync.hub.administrators import authentication, cookies, sessions
from doorsync.hub.administrators.authentication import Request, SignedIn
from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.queries import company_by_slug
from doorsync.hub.providers.account_sessions import note_refusal, open_session, proven_account
from doorsync.hub.providers.accounts import link_account
from doorsync.hub.providers.attempts import Attempt, begin_attempt, drop_attempt, kept_attempt
from doorsync.hub.providers.code_flow import ProvenAccount
from doorsync.hub.providers.errors import NotAProvider, ProviderUnreachable, SignInRefused
from doorsync.hub.providers.models import Provider
from doorsync.hub.providers.queries import provider_of
from doorsync.hub.web.company_accounts.answers import answer_address, to_provider
from doorsync.hub.web.company_accounts.forms import CompanyForm
from doorsync.hub.web.company_accounts.linking_views import told_after_linking
from doorsync.hub.web.decorators import same_origin
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Request) -> HttpResponse:
    """Ask for the company, and go on to its provider."""
    if request.method != "POST":
        form = CompanyForm(initial={"company": request.GET.get("company", "")[:64]})
        return _page(request, form, refused="refused" in request.GET)
    if not same_origin(request):
        return answers.foreign_form(request)
    form = CompanyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    provider = _provider_named(form.cleaned_data["company"])
    return (provider and _sent_on(request, provider)) or _page(request, form, 422, refused=True)


@require_safe
def take_answer(request: Request, slug: str) -> HttpResponse:
    """The provider sent the browser back. The code in the address is used up here, and the next page has another address."""
    try:
        company = company_by_slug(slug)
    except UnknownCompany:
        return _refused()
    kept = kept_attempt(request.COOKIES, company)
    if kept is None:
        return _refused()
    attempt, provider = kept
    try:
        account = proven_account(request, provider, attempt, answer_address(company))
        response = (
            _linked(request, provider, attempt, account) if attempt.linking else _entered(request, provider, attempt, account)
        )
    except SignInRefused:
        return _refused()
    drop_attempt(response)
    return response


def _sent_on(request: Request, provider: Provider) -> HttpResponse | None:
    try:
        return to_provider(request, provider, begin_attempt(provider, wanted=answers.wanted_page(request)))
    except (ProviderUnreachable, NotAProvider) as error:
        note_refusal(provider, SignInRefused("unreachable" if isinstance(error, ProviderUnreachable) else "not-a-provider"))
        return None


def _entered(request: Request, provider: Provider, attempt: Attempt, account: ProvenAccount) -> HttpResponse:
    signed_in, secret = open_session(request, provider, attempt, account)
    response = SeeOther(attempt.wanted or answers.first_page(signed_in.kind, signed_in.public_id))
    cookies.put_full(response, secret, int(sessions.FULL_LONGEST.total_seconds()))
    return response


def _linked(request: Request, provider: Provider, attempt: Attempt, account: ProvenAccount) -> HttpResponse:
    """Only in the session in which it was begun: that one gave the proof."""
    signed_in = _still_signed_in(request, provider, attempt)
    try:
        link_account(administrator=signed_in.administrator, provider=provider, account=account, actor=signed_in.actor)
    except AdministratorError as error:
        if isinstance(error, SignInRefused):
            note_refusal(provider, error)
        return told_after_linking(request, signed_in, error)
    return told_after_linking(request, signed_in, None)


def _still_signed_in(request: Request, provider: Provider, attempt: Attempt) -> SignedIn:
    signed_in = authentication.signed_in_as(request, attempt.linking)
    if signed_in is None or signed_in.kind != "full" or signed_in.company.pk != provider.company_id:
        note_refusal(provider, refusal := SignInRefused("session"))
        raise refusal
    return signed_in


def _provider_named(slug: str) -> Provider | None:
    try:
        return provider_of(company_by_slug(slug))
    except UnknownCompany:
        return None


def _refused() -> HttpResponse:
    response = SeeOther(reverse("company-accounts:sign-in") + "?refused=1")
    drop_attempt(response)
    return response


def _page(request: Request, form: CompanyForm, status: int = 200, *, refused: bool = False) -> HttpResponse:
    data = {"form": form, "next": answers.wanted_page(request), "refused": refused}
    return render(request, "company_accounts/sign_in.html", data, status=status)
