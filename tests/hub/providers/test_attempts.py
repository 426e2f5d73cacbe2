"""What the browser keeps of a sign-in at the provider: sealed, for ten minutes, for one company and one state of its provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.providers.attempts import Attempt, begin_attempt, drop_attempt, keep_attempt, kept_attempt
from doorsync.hub.providers.models import Provider
from tests.factories import world
from tests.hub.providers.test_accounts import made_for


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    company = world.company()
    with scope(company=company):
        yield made_for(company)


def browser_with(company: Company, attempt: Attempt) -> dict[str, str]:
    response = HttpResponse()
    keep_attempt(response, company, attempt)
    return {name: morsel.value for name, morsel in response.cookies.items()}


def test_attempt_comes_back_as_it_was_and_shows_nothing(provider: Provider) -> None:
    attempt = begin_attempt(provider, wanted="/people/", linking="a-session")
    browser = browser_with(provider.company, attempt)
    assert kept_attempt(browser, provider.company) == (attempt, provider)
    (cookie,) = browser.values()
    assert not any(secret in cookie for secret in (attempt.state, attempt.nonce, attempt.verifier))
    assert len({attempt.state, attempt.nonce, attempt.verifier}) == 3
    assert begin_attempt(provider, wanted="/" * 501).wanted == ""


@pytest.mark.parametrize("cookie", ["", "rubbish", "é", "AAAA", "A" * 5000, "=" * 7])
def test_cookie_of_nobody_is_none(provider: Provider, cookie: str) -> None:
    assert kept_attempt({"company-account": cookie}, provider.company) is None
    assert kept_attempt({}, provider.company) is None


def test_attempt_holds_for_ten_minutes_and_not_before_it_began(provider: Provider) -> None:
    browser = browser_with(provider.company, begin_attempt(provider))
    for later, holds in ((599, True), (600, False), (-30, True), (-90, False)):
        with time_machine.travel(timezone.now() + timedelta(seconds=later), tick=False):
            assert (kept_attempt(browser, provider.company) is not None) == holds, later


def test_attempt_is_of_one_company_and_of_the_provider_as_it_was(provider: Provider) -> None:
    browser, other = browser_with(provider.company, begin_attempt(provider)), world.other_company()
    made_for(other)
    assert kept_attempt(browser, other) is None
    Provider.objects.update(version=2)
    assert kept_attempt(browser, provider.company) is None


def test_cookie_works_in_no_frame_and_goes_with_the_answer(provider: Provider) -> None:
    response = HttpResponse()
    keep_attempt(response, provider.company, begin_attempt(provider))
    morsel = response.cookies["company-account"]
    assert (morsel["httponly"], morsel["samesite"], morsel["max-age"]) == (True, "Lax", 600)
    drop_attempt(response)
    assert (response.cookies["company-account"].value, response.cookies["company-account"]["max-age"]) == ("", 0)
