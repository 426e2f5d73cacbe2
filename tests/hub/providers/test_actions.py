"""What becomes of links and sessions when an owner changes the company's provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.providers import discovery
from doorsync.hub.providers.account_sessions import open_session
from doorsync.hub.providers.accounts import expect_account, link_account
from doorsync.hub.providers.actions import ProviderSettings, change_provider, remove_provider
from doorsync.hub.providers.attempts import begin_attempt
from doorsync.hub.providers.errors import NotAProvider, SecretMissing, SignInRefused
from doorsync.hub.providers.models import LinkedAccount, Provider
from doorsync.hub.providers.provider_secrets import open_secret
from doorsync.hub.providers.queries import provider_of
from tests.factories import world
from tests.factories.lying_provider import LyingProvider, lying_provider
from tests.hub.providers.test_account_sessions import request
from tests.hub.providers.test_accounts import account, by


@pytest.fixture
def server(setting: Callable[..., None], db: None) -> Iterator[LyingProvider]:
    setting(PROVIDER_NETWORKS='["127.0.0.0/8"]')
    discovery.forget()
    with lying_provider() as made:
        yield made
    discovery.forget()


@pytest.fixture
def bob(db: None) -> Administrator:
    return world.administrator(world.company(), username="bob", level="manager")


def changed(bob: Administrator, server: LyingProvider, **fields: Any) -> Provider:
    wanted = ProviderSettings(**{"issuer": server.issuer, "client_id": "c", "secret": "s-1", "claim": "email", **fields})
    change_provider(company=bob.company, wanted=wanted, actor=by(bob))
    found = provider_of(bob.company)
    assert found
    return found


def signed_in(bob: Administrator, provider: Provider) -> None:
    link_account(administrator=bob, provider=provider, account=account(), actor=by(bob))
    open_session(request(), provider, begin_attempt(provider), account())


def standing(bob: Administrator) -> tuple[int, int]:
    """How many links and living sessions there are."""
    with scope(company=bob.company):
        return LinkedAccount.objects.count(), Session.objects.filter(ended_at=None).count()


@pytest.mark.parametrize("other", [{"client_id": "d"}, {"domain": "gym.example"}])
def test_another_client_or_domain_ends_links_and_their_sessions(
    bob: Administrator, server: LyingProvider, other: dict[str, str]
) -> None:
    signed_in(bob, changed(bob, server))
    assert standing(bob) == (1, 1)
    changed(bob, server, **other)
    assert standing(bob) == (0, 0)


def test_same_provider_keeps_links_sessions_and_the_secret_that_is_not_given_again(
    bob: Administrator, server: LyingProvider
) -> None:
    signed_in(bob, changed(bob, server))
    provider = changed(bob, server, secret="", passwords=False)
    assert standing(bob) == (1, 1)
    assert (open_secret(provider), provider.version) == ("s-1", 1)


def test_secret_is_not_sent_to_another_client_or_issuer(bob: Administrator, server: LyingProvider) -> None:
    changed(bob, server)
    with pytest.raises(SecretMissing):
        changed(bob, server, secret="", client_id="d")
    with lying_provider() as other, pytest.raises(SecretMissing):
        changed(bob, other, secret="")


def test_provider_that_does_not_answer_as_one_is_not_saved(bob: Administrator, server: LyingProvider) -> None:
    server.document["issuer"] = "https://login.example.com"
    with pytest.raises(NotAProvider):
        changed(bob, server)
    assert provider_of(bob.company) is None


def test_removed_provider_leaves_no_link_and_no_session(bob: Administrator, server: LyingProvider) -> None:
    signed_in(bob, changed(bob, server))
    remove_provider(company=bob.company, actor=by(bob))
    assert (standing(bob), provider_of(bob.company)) == ((0, 0), None)


def test_account_proven_at_the_former_provider_opens_and_links_nothing(bob: Administrator, server: LyingProvider) -> None:
    former = changed(bob, server)
    changed(bob, server, client_id="d")
    expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))
    with pytest.raises(SignInRefused) as refused:
        open_session(request(), former, begin_attempt(former), account())
    assert refused.value.reason == "provider-changed"
    with pytest.raises(SignInRefused):
        link_account(administrator=bob, provider=former, account=account(), actor=by(bob))
    with scope(company=bob.company):
        assert LinkedAccount.objects.get().subject == ""
