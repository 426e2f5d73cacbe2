"""A sign-in with a company account opens one session, however many come with it at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.http import HttpRequest
from django_scopes import scope, scopes_disabled

from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.models import KnownSource, Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.providers.account_sessions import check_password_is_enough, open_session
from doorsync.hub.providers.accounts import link_account
from doorsync.hub.providers.attempts import begin_attempt
from doorsync.hub.providers.errors import SignInRefused
from doorsync.hub.providers.models import AccountSession, LinkedAccount, Provider
from doorsync.hub.providers.queries import opened_with_account
from tests.factories import world
from tests.hub.providers.test_accounts import account, by, made_for

AT_ONCE = 8


@pytest.fixture
def provider(transactional_db: None) -> Iterator[Provider]:
    company = world.company()
    bob, made = world.administrator(company, username="bob", level="manager"), made_for(company)
    link_account(administrator=bob, provider=made, account=account(), actor=by(bob))
    yield made
    with scopes_disabled():
        LinkedAccount.objects.all().delete()


def request() -> HttpRequest:
    made = HttpRequest()
    made.META["REMOTE_ADDR"] = "127.0.0.1"
    return made


def test_one_sign_in_opens_one_session_of_many_at_once(provider: Provider) -> None:
    attempt = begin_attempt(provider)

    def enter(_number: int) -> str:
        try:
            open_session(request(), provider, attempt, account())
        except SignInRefused as error:
            return error.reason
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = sorted(pool.map(enter, range(AT_ONCE)))
    assert came == ["in", *["used"] * (AT_ONCE - 1)]
    with scope(company=provider.company):
        session = Session.objects.get(ended_at=None)
        assert Session.objects.count() == 1, "what was refused has left none behind"
        assert opened_with_account([session.pk]) == {session.pk}
        assert AccountSession.objects.count() == 1
        assert KnownSource.objects.count() == 1
        assert Entry.objects.filter(event="company-account.refused").count() == AT_ONCE - 1


def test_password_is_enough_for_owners_and_for_others_unless_the_company_says_no(provider: Provider) -> None:
    bob, owner = LinkedAccount.objects, world.administrator(provider.company)
    with scope(company=provider.company):
        manager = bob.select_related("administrator__company").get().administrator
        check_password_is_enough(manager)
        Provider.objects.update(passwords=False)
        check_password_is_enough(owner)
        with pytest.raises(NoSuchAdministrator):
            check_password_is_enough(manager)
        assert Entry.objects.get(event="sign-in.failed").subject["reason"] == "company-account"
