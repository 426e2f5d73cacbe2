"""Signing in with a company account, at a provider by other people: who gets in, and that all who do not see the same."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scopes_disabled
from joserfc.jwk import ECKey

from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.actions import change_company
from doorsync.hub.companies.models import Company
from doorsync.hub.providers import discovery
from doorsync.hub.providers.models import AccountSession, LinkedAccount, Provider
from doorsync.hub.settings.config import config
from tests.factories.desk import Desk
from tests.factories.gym import Gym, gym
from tests.factories.openid_provider import openid_provider, sign_in_there
from tests.factories.passkeys import Device, with_passkey
from tests.hub.web.company_accounts.conftest import ACCOUNTS, ANSWER, PROVIDER, SIGN_IN, desk_of, local, sent_to, settings_with
from tests.hub.web.sign_in.test_passkey_views import use as use_passkey


def begin(browser: Desk, company: str = "gym", **fields: str) -> str:
    answer = browser.post(SIGN_IN, {"company": company, **fields})
    assert answer.status_code == 200, answer.content
    return sent_to(answer.content.decode())


def enter(browser: Desk, login: str, **fields: str) -> str:
    """Sign in at the provider and come back: where that leads."""
    answer = browser.get(local(sign_in_there(begin(browser, **fields), login)))
    assert answer.status_code == 303
    return answer["Location"]


def expect(owner: Desk, username: str, address: str) -> None:
    pk = Administrator.objects.get(username=username).pk
    assert owner.send(f"/administrators/{pk}/company-account/", address=address) == (303, f"/administrators/{pk}/")


@pytest.fixture
def ready(owner: Desk, issuer: str) -> Desk:
    """The owner, who has set up the provider and expects bob."""
    assert owner.send(PROVIDER, **settings_with(issuer)) == (303, "/settings/")
    expect(owner, "bob", "bob@GYM.example")
    return owner


def reasons() -> list[str]:
    return [entry.subject["reason"] for entry in Entry.objects.filter(event="company-account.refused").order_by("number")]


def test_administrator_signs_in_with_the_account_that_the_owner_expects(ready: Desk, club: Gym) -> None:
    bob = Desk()
    assert enter(bob, "a-1001", next="/people/?state=suspended") == "/people/?state=suspended"
    assert bob.get("/people/").status_code == 200
    assert "your company account" in bob.read("/account/")
    linked = LinkedAccount.objects.get()
    assert (linked.subject, linked.address) == ("a-1001", "bob@gym.example")
    session = Session.objects.get(administrator__username="bob")
    assert AccountSession.objects.get().session_id == session.pk
    told = list(Entry.objects.filter(actor__administrator_id=linked.administrator_id).order_by("number"))
    assert [entry.event for entry in told] == ["company-account.linked", "sign-in.ok"]


def refused(browser: Desk, login: str) -> None:
    assert enter(browser, login) == "/sign-in/company/?refused=1"
    assert browser.get("/people/").status_code == 303
    page = browser.read("/sign-in/company/?refused=1")
    assert "You cannot sign in with a company account like this." in page


def test_account_is_known_by_its_subject_and_never_again_by_its_address(ready: Desk, club: Gym) -> None:
    assert enter(Desk(), "a-1001").startswith("/sync/?s=")
    refused(Desk(), "a-1002")  # that has the same address now
    assert enter(Desk(), "a-1001").startswith("/sync/?s=")
    assert reasons() == ["no-account"]
    assert Administrator.objects.count() == 2, "nobody is made"


def test_unverified_address_is_worth_nothing(ready: Desk, club: Gym) -> None:
    carol = Administrator.objects.get(username="bob")
    LinkedAccount.objects.filter(administrator=carol).update(address="carol@gym.example")
    refused(Desk(), "a-1003")
    assert reasons() == ["unverified"]


def test_account_that_nobody_expects_opens_nothing(ready: Desk, club: Gym) -> None:
    refused(Desk(), "a-1004")
    LinkedAccount.objects.update(since=timezone.now() - timedelta(days=15))
    refused(Desk(), "a-1001")  # expected too long ago
    assert reasons() == ["no-account", "no-account"]


def test_disabled_administrator_and_ended_company_are_refused_at_once(ready: Desk, club: Gym) -> None:
    bob = Desk()
    enter(bob, "a-1001")
    pk = Administrator.objects.get(username="bob").pk
    ready.send(f"/administrators/{pk}/active/", active="0")
    assert bob.get("/people/").status_code == 303
    refused(Desk(), "a-1001")
    assert reasons() == ["disabled"]
    ready.send(f"/administrators/{pk}/active/", active="1")
    other = Desk()
    back = local(sign_in_there(begin(other), "a-1001"))
    Company.objects.filter(pk=club.company.pk).update(active=False)
    assert other.get(back)["Location"] == "/sign-in/company/?refused=1"
    assert Desk().post(SIGN_IN, {"company": "gym"}).status_code == 422


def test_answer_counts_once_and_in_its_own_browser_only(ready: Desk, club: Gym) -> None:
    bob, thief = Desk(), Desk()
    back = local(sign_in_there(begin(bob), "a-1001"))
    assert thief.get(back)["Location"] == "/sign-in/company/?refused=1"
    begin(thief)  # whose cookie is of another sign-in
    assert thief.get(back)["Location"] == "/sign-in/company/?refused=1"
    kept = bob.client.cookies["company-account"].value
    assert bob.get(back)["Location"].startswith("/sync/?s=")
    assert bob.client.cookies["company-account"].value == ""
    bob.client.cookies["company-account"] = kept
    assert bob.get(back)["Location"] == "/sign-in/company/?refused=1"
    assert reasons() == ["state", "token-invalid_grant"]


def test_sign_in_that_took_ten_minutes_is_too_old(ready: Desk, club: Gym) -> None:
    bob = Desk()
    back = local(sign_in_there(begin(bob), "a-1001"))
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=True):
        assert bob.get(back)["Location"] == "/sign-in/company/?refused=1"


def test_sign_in_under_way_is_refused_once_the_provider_is_another(ready: Desk, club: Gym) -> None:
    bob = Desk()
    back = local(sign_in_there(begin(bob), "a-1001"))
    Provider.objects.update(version=2)
    assert bob.get(back)["Location"] == "/sign-in/company/?refused=1"


def test_answer_of_one_company_opens_nothing_in_another(ready: Desk, club: Gym, issuer: str) -> None:
    other = gym(["Mallory"], other=True)
    with scopes_disabled():
        world_of_both = Provider.objects.get()
        world_of_both.pk, world_of_both.company = None, other.company
        world_of_both.save(force_insert=True)
    bob = Desk()
    back = local(sign_in_there(begin(bob), "a-1001"))
    elsewhere = back.replace(ANSWER, f"/sign-in/company/{other.company.slug}/answer/")
    assert bob.get(elsewhere)["Location"] == "/sign-in/company/?refused=1"
    assert bob.get(back.replace(ANSWER, "/sign-in/company/nobody/answer/"))["Location"] == "/sign-in/company/?refused=1"
    with scopes_disabled():
        assert not Session.objects.filter(administrator__company=other.company).exists()


def test_company_without_provider_or_unknown_or_with_one_that_is_down_looks_the_same(ready: Desk, club: Gym) -> None:
    gym(["Mallory"], other=True)
    with scopes_disabled():
        slug = Company.objects.exclude(slug="gym").get().slug
    Provider.objects.update(issuer="http://127.0.0.1:9")
    discovery.forget()
    pages = [Desk().post(SIGN_IN, {"company": each}) for each in (slug, "nobody", "gym")]
    assert [each.status_code for each in pages] == [422, 422, 422]
    bodies = {
        each.content.decode().replace(f'value="{name}"', "") for each, name in zip(pages, (slug, "nobody", "gym"), strict=True)
    }
    assert len(bodies) == 1
    assert reasons() == ["unreachable"]
    assert desk_of(club, "bob"), "passwords still work"


def test_failed_sign_ins_are_counted_as_wrong_passwords(ready: Desk, club: Gym) -> None:
    bob = Desk()
    begin(bob)
    for _try in range(25):
        kept = bob.client.cookies["company-account"].value
        assert bob.get(f"{ANSWER}?state=wrong&code=x").status_code == 303
        bob.client.cookies["company-account"] = kept
    assert len(reasons()) == 20, "what is over the budget is not even looked at"


def test_passwords_can_be_left_to_owners(ready: Desk, club: Gym, issuer: str) -> None:
    assert ready.send(PROVIDER, **settings_with(issuer, passwords="", secret=""))[0] == 303
    assert desk_of(club, "username"), "an owner always gets in"
    wrong, right = Desk().sign_in_fully("gym", "bob", "wrong-password"), Desk().sign_in_fully("gym", "bob")
    assert (wrong.status_code, right.status_code) == (422, 422)
    assert wrong.content == right.content
    assert enter(Desk(), "a-1001").startswith("/sync/?s=")
    entry = Entry.objects.filter(event="sign-in.failed").order_by("-number")[0]
    assert entry.subject["reason"] == "company-account"


@pytest.mark.requirement("S-06", mutation="no check_password_is_enough in sign_in_passkey")
def test_passkeys_are_left_to_owners_with_the_passwords(ready: Desk, club: Gym, issuer: str) -> None:
    of_owner, _ = with_passkey(club.administrator)
    of_bob, _ = with_passkey(Administrator.objects.select_related("company").get(username="bob"))
    assert use_passkey(Desk(), of_bob).status_code == 303
    owner = Desk()
    assert use_passkey(owner, of_owner).status_code == 303
    owner.proof = owner.fields(owner.get("/sync/"))
    assert owner.send(PROVIDER, **settings_with(issuer, passwords="", secret=""))[0] == 303
    refused = use_passkey(Desk(), of_bob)
    assert refused.status_code == 422
    assert refused.content == use_passkey(Desk(), Device(handle=b"unknown")).content
    assert use_passkey(Desk(), of_owner).status_code == 303


def test_company_account_owes_no_second_factor_of_ours(ready: Desk, club: Gym) -> None:
    change_company(company=club.company, actor=club.actor, demands_second_factor=True)
    bob = Desk()
    enter(bob, "a-1001")
    assert bob.get("/people/").status_code == 200
    by_password = Desk()
    by_password.sign_in_fully("gym", "bob")
    assert by_password.get("/people/")["Location"] == "/account/second-factor/"


def test_sign_in_page_speaks_of_company_accounts_where_there_are_any(club: Gym, owner: Desk, issuer: str) -> None:
    assert "company account" not in Desk().read("/sign-in/")
    owner.send(PROVIDER, **settings_with(issuer))
    page = unescape(Desk().read("/sign-in/?next=/people/"))
    assert '<a href="/sign-in/company/?next=%2Fpeople%2F">Sign in with your company account</a>' in page


def test_only_pages_of_ours_begin_a_sign_in_and_are_led_to_after_it(ready: Desk, club: Gym) -> None:
    assert Desk("https://evil.example").post(SIGN_IN, {"company": "gym"}).status_code == 403
    assert enter(Desk(), "a-1001", next="https://evil.example/").startswith("/sync/?s=")


def test_another_sign_in_in_this_browser_ends(ready: Desk, club: Gym) -> None:
    assert enter(ready, "a-1001").startswith("/sync/?s=")
    assert "bob" in ready.read("/account/")
    assert Session.objects.filter(administrator=club.administrator, ended_at=None).count() == 0


def test_provider_of_other_habits_is_understood(owner: Desk, club: Gym) -> None:
    """It takes the secret in a header only, signs with an elliptic curve, and says the claims in the ID token itself."""
    secret = "50% of + and & / =:"
    habits = {
        "id_token_signed_response_alg": "ES256",
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": secret,
    }
    keys = {"keys": [dict(ECKey.generate_key("P-256", {"use": "sig"}).as_dict(private=True))]}
    more: dict[str, Any] = {"clientAuthMethods": ["client_secret_basic"], "conformIdTokenClaims": False, "jwks": keys}
    with openid_provider(config().origin + ANSWER, ACCOUNTS, habits, **more) as other:
        assert owner.send(PROVIDER, **settings_with(other, secret=secret)) == (303, "/settings/")
        expect(owner, "bob", "bob@gym.example")
        assert enter(Desk(), "a-1001").startswith("/sync/?s=")
    assert reasons() == []
