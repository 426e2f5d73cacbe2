"""What views of company accounts answer alike: on to the provider, and where the provider sends the browser back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doorsync.hub.administrators.authentication import Request
from doorsync.hub.companies.models import Company
from doorsync.hub.providers.attempts import Attempt, keep_attempt
from doorsync.hub.providers.code_flow import authorization_address
from doorsync.hub.providers.models import Provider
from doorsync.hub.settings.config import config


def answer_address(company: Company) -> str:
    """Where this company's provider sends the browser back to; each company has its own, so that no answers are mixed up."""
    return config().origin + reverse("company-accounts:answer", args=[company.slug])


def to_provider(request: Request, provider: Provider, attempt: Attempt) -> HttpResponse:
    """A page that leads on to the provider at once. Raises ProviderUnreachable or NotAProvider.

    A redirect would end a form of ours at another site, which our Content-Security-Policy forbids.
    """
    address = authorization_address(provider, attempt, answer_address(provider.company))
    response = render(request, "company_accounts/to_provider.html", {"address": address, "host": urlsplit(address).hostname})
    keep_attempt(response, provider.company, attempt)
    return response
