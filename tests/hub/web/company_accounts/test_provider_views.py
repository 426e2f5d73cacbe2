"""An owner sets up the company's provider: asked first, the secret sealed and never shown, and links that end with it."""

from __future__ import annotations

import pytest

from doorsync.hub.audit.models import Entry
from doorsync.hub.providers import discovery
from doorsync.hub.providers.errors import NotAProvider
from doorsync.hub.providers.models import LinkedAccount, Provider
from doorsync.hub.providers.provider_secrets import open_secret
from doorsync.hub.settings.config import config
from tests.factories import sinks
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.factories.lying_provider import lying_provider
from tests.factories.openid_provider import SECRET
from tests.hub.web.company_accounts.conftest import ANSWER, PROVIDER, settings_with
from tests.hub.web.company_accounts.test_sign_in_views import enter, expect


def test_secret_is_sealed_and_never_shown(owner: Desk, club: Gym, issuer: str) -> None:
    page = owner.read(PROVIDER)
    assert f"{config().origin}{ANSWER}" in page
    assert owner.send(PROVIDER, **settings_with(issuer)) == (303, "/settings/")
    page = owner.read(PROVIDER)
    assert "One is kept." in page
    provider = Provider.objects.select_related("company").get()
    assert open_secret(provider) == SECRET
    kept = {"page": page.encode(), "row": bytes(provider.sealed_secret)}
    assert sinks.leaks({"secret": SECRET}, kept) == []
    provider.issuer = "https://evil.example.com"
    with pytest.raises(NotAProvider):
        open_secret(provider)  # so whoever can only write to the database does not get it sent there
    assert [entry.event for entry in Entry.objects.filter(event__startswith="provider")] == ["provider.added"]


def test_provider_that_does_not_answer_is_not_saved(owner: Desk, club: Gym, issuer: str) -> None:
    for wrong, told in (
        (f"{issuer}/", "exactly this issuer address"),
        ("http://127.0.0.1:1", "did not answer"),
        ("https://10.0.0.1/", "may not reach"),
        ("javascript:alert(1)", "Not the address of an issuer"),
        ("https://a@b/", "Not the address of an issuer"),
    ):
        status, page = owner.send(PROVIDER, **settings_with(wrong))
        assert (status, told in page) == (422, True), (wrong, page)
        assert f'value="{wrong}"' in page, "what was typed is still there"
        assert SECRET not in page
    assert not Provider.objects.exists()


def test_provider_that_answers_now_is_saved_at_once(owner: Desk, club: Gym) -> None:
    with lying_provider() as liar:
        liar.document["issuer"] = "https://login.example.com"
        assert owner.send(PROVIDER, **settings_with(liar.issuer))[0] == 422
        liar.document["issuer"] = liar.issuer
        assert owner.send(PROVIDER, **settings_with(liar.issuer))[0] == 303


def test_page_names_who_has_no_account_yet(owner: Desk, club: Gym, issuer: str) -> None:
    assert "without a company account" not in owner.read(PROVIDER)
    owner.send(PROVIDER, **settings_with(issuer))
    named = owner.read(PROVIDER).partition("without a company account")[2]
    assert ">bob</a>" in named
    assert ">username</a>" in named
    expect(owner, "bob", "bob@gym.example")
    assert ">bob</a>" not in owner.read(PROVIDER)


def test_removed_provider_opens_nothing(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    expect(owner, "bob", "bob@gym.example")
    bob = Desk()
    enter(bob, "a-1001")
    status, page = owner.send(f"{PROVIDER}remove/", word="wrong")
    assert (status, "Nothing was changed" in page) == (409, True)
    assert owner.send(f"{PROVIDER}remove/", word="gym") == (303, "/settings/")
    assert bob.get("/people/").status_code == 303
    assert (Provider.objects.count(), LinkedAccount.objects.count()) == (0, 0)
    assert Desk().post("/sign-in/company/", {"company": "gym"}).status_code == 422
    assert owner.send(f"{PROVIDER}remove/", word="gym")[0] == 303


def test_damaged_secret_is_no_way_in_and_no_error(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    Provider.objects.update(sealed_secret=b"damaged")
    discovery.forget()
    assert Desk().post("/sign-in/company/", {"company": "gym"}).status_code == 422
    assert Entry.objects.get(event="company-account.refused").subject["reason"] == "not-a-provider"
