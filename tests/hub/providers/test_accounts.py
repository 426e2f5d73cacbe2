"""Whose account it is: by its subject, and only at first by an address that an owner expects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.providers import accounts
from doorsync.hub.providers.accounts import administrator_with, expect_account, link_account, unlink_account
from doorsync.hub.providers.code_flow import ProvenAccount
from doorsync.hub.providers.errors import AccountTaken, AddressTaken, AlreadyLinked, NotLinked, SignInRefused
from doorsync.hub.providers.models import LinkedAccount, Provider
from tests.factories import world


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    company = world.company()
    with scope(company=company):
        yield made_for(company)


@pytest.fixture
def bob(provider: Provider) -> Administrator:
    return world.administrator(provider.company, username="bob")


def made_for(company: Company, **fields: Any) -> Provider:
    with scope(company=company):
        return Provider.objects.create(
            company=company, issuer="https://login.example.com", client_id="c", sealed_secret=b"", **fields
        )


def account(subject: str = "s-1", address: str = "bob@gym.example", **claims: Any) -> ProvenAccount:
    return ProvenAccount(subject=subject, claims={"email": address, "email_verified": True, **claims})


def by(administrator: Administrator) -> Actor:
    return Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="test")


def reason_of(provider: Provider, given: ProvenAccount) -> str:
    with pytest.raises(SignInRefused) as refused:
        administrator_with(provider, given)
    return refused.value.reason


@pytest.mark.parametrize("address", ["bob@gym.example", "BOB@Gym.Example", " bob@gym.example "])
def test_expected_address_links_the_subject_whatever_its_case(provider: Provider, bob: Administrator, address: str) -> None:
    expect_account(administrator=bob, address=address, actor=by(bob))
    assert administrator_with(provider, account(address="Bob@GYM.example")) == bob
    assert LinkedAccount.objects.get().subject == "s-1"
    assert administrator_with(provider, account(address="robert@gym.example")) == bob, "the address may change"
    assert reason_of(provider, account("s-2")) == "no-account"


def test_address_is_expected_for_two_weeks(provider: Provider, bob: Administrator) -> None:
    expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))
    with time_machine.travel(timezone.now() + timedelta(days=14, seconds=1), tick=False):
        assert reason_of(provider, account()) == "no-account"
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):  # the clock that expected it ran ahead
        assert reason_of(provider, account()) == "no-account"
    with time_machine.travel(timezone.now() + timedelta(days=13), tick=False):
        assert administrator_with(provider, account()) == bob


def test_expectation_that_another_sign_in_took_first_links_nothing(
    provider: Provider, bob: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))

    def somebody_else_comes_first(*_args: object) -> bool:  # between looking and linking
        LinkedAccount.objects.update(subject="s-0")
        return True

    monkeypatch.setattr(accounts, "has_begun", somebody_else_comes_first)
    assert reason_of(provider, account("s-1")) == "no-account"
    assert LinkedAccount.objects.get().subject == "s-0"


def test_provider_of_user_names_needs_no_verified_address(db: None) -> None:
    company = world.company()
    provider, bob = made_for(company, claim="preferred_username"), world.administrator(company, username="bob")
    with scope(company=company):
        expect_account(administrator=bob, address="bob@tenant.example", actor=by(bob))
        assert reason_of(provider, account(address="bob@tenant.example")) == "no-address"
        assert administrator_with(provider, account(preferred_username="Bob@tenant.example", email_verified=None)) == bob


def test_accounts_of_another_company_are_unknown(provider: Provider, bob: Administrator) -> None:
    expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))
    administrator_with(provider, account())
    other = world.other_company()
    elsewhere = made_for(other)
    with scope(company=other):
        assert reason_of(elsewhere, account()) == "no-account"


def test_disabled_administrator_is_refused(provider: Provider, bob: Administrator) -> None:
    expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))
    for column in ("active", "may_sync"):
        Administrator.objects.filter(pk=bob.pk).update(active=True, may_sync=True)
        Administrator.objects.filter(pk=bob.pk).update(**{column: False})
        assert reason_of(provider, account()) == "disabled"


def test_each_account_is_of_one_administrator_and_each_administrator_has_one(provider: Provider, bob: Administrator) -> None:
    carol = world.administrator(provider.company, username="carol")
    with pytest.raises(NotLinked):
        unlink_account(administrator=bob, actor=by(bob))
    expect_account(administrator=carol, address="carol@gym.example", actor=by(bob))
    with pytest.raises(AddressTaken):
        expect_account(administrator=bob, address="carol@gym.example", actor=by(bob))
    link_account(administrator=bob, provider=provider, account=account(), actor=by(bob))
    with pytest.raises(AlreadyLinked):
        link_account(administrator=bob, provider=provider, account=account("s-2"), actor=by(bob))
    with pytest.raises(AlreadyLinked):
        expect_account(administrator=bob, address="bob@gym.example", actor=by(bob))
    with pytest.raises(AccountTaken):
        link_account(administrator=carol, provider=provider, account=account(), actor=by(carol))
    assert LinkedAccount.objects.get(administrator=carol).subject == ""
    version = bob.version
    unlink_account(administrator=bob, actor=by(bob))
    assert bob.version == version + 1, "whatever the account opened has ended"
    link_account(administrator=carol, provider=provider, account=account(), actor=by(carol))
    assert administrator_with(provider, account()) == carol


def test_domain_is_held_to_at_every_sign_in(db: None) -> None:
    company = world.company()
    provider, bob = made_for(company, domain="gym.example"), world.administrator(company, username="bob")
    with scope(company=company):
        with pytest.raises(SignInRefused):
            link_account(administrator=bob, provider=provider, account=account(), actor=by(bob))
        link_account(administrator=bob, provider=provider, account=account(hd="gym.example"), actor=by(bob))
        assert administrator_with(provider, account(hd="gym.example")) == bob
        assert reason_of(provider, account()) == "domain"
        assert reason_of(provider, account(hd="other.example")) == "domain"
