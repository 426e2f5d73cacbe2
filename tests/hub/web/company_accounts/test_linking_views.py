"""Whose company account is whose: expected by an owner, linked by the administrator, and ended."""

from __future__ import annotations

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.models import Entry
from doorsync.hub.providers import discovery
from doorsync.hub.providers.models import LinkedAccount, Provider
from tests.factories import world
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.factories.openid_provider import sign_in_there
from tests.factories.second_factors import with_app
from tests.hub.web.company_accounts.conftest import OWN, PROVIDER, desk_of, local, sent_to, settings_with
from tests.hub.web.company_accounts.test_sign_in_views import enter, expect


def pk_of(username: str) -> int:
    return Administrator.objects.get(username=username).pk


def link(browser: Desk, login: str) -> str:
    """Link one's own account: what the account page says then."""
    status, page = browser.send(OWN, present="passwrod")
    assert status == 200
    answer = browser.get(local(sign_in_there(sent_to(page), login)))
    assert (answer.status_code, answer["Location"]) == (303, "/account/")
    return browser.read("/account/")


def test_administrator_links_their_own_account_with_their_password(owner: Desk, club: Gym, issuer: str) -> None:
    bob = desk_of(club, "bob")
    assert bob.send(OWN) == (303, "/account/")
    assert "Your company has no identity provider." in bob.read("/account/")
    owner.send(PROVIDER, **settings_with(issuer))
    assert "Not linked" in bob.read("/account/")
    status, page = bob.send(OWN, present="wrong-password")
    assert (status, "not your present password" in page) == (422, True)
    page = link(bob, "a-1003")  # whose address nobody verified: it is not what counts here
    assert "Linked since" in page
    assert "Your company account is linked" in page
    assert enter(Desk(), "a-1003").startswith("/sync/?s=")
    assert bob.send(OWN) == (303, "/account/")
    assert Entry.objects.filter(event="company-account.linked").count() == 1


def test_account_of_somebody_else_is_not_linked_again(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    link(desk_of(club, "bob"), "a-1001")
    assert "belongs to another administrator" in link(owner, "a-1001")
    assert LinkedAccount.objects.get().administrator.username == "bob"


def test_account_is_linked_in_the_session_that_began_it_only(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    bob = desk_of(club, "bob")
    _status, page = bob.send(OWN, present="passwrod")
    back = local(sign_in_there(sent_to(page), "a-1001"))
    thief = Desk()
    thief.client.cookies["company-account"] = bob.client.cookies["company-account"].value
    thief.client.cookies["doorsync"] = owner.client.cookies["doorsync"].value
    assert thief.get(back)["Location"] == "/sign-in/company/?refused=1"
    assert not LinkedAccount.objects.exists()
    assert Entry.objects.get(event="company-account.refused").subject["reason"] == "session"


def test_address_is_expected_of_one_administrator_at_a_time(owner: Desk, club: Gym, issuer: str) -> None:
    page = owner.read(f"/administrators/{pk_of('bob')}/company-account/")
    assert "no identity provider yet" in page
    owner.send(PROVIDER, **settings_with(issuer))
    carol = world.administrator(club.company, username="carol")
    expect(owner, "bob", "bob@gym.example")
    status, page = owner.send(f"/administrators/{carol.pk}/company-account/", address=" BOB@gym.example ")
    assert (status, "expected with this address already" in page) == (422, True)
    expect(owner, "bob", "robert@gym.example")
    expect(owner, "carol", "bob@gym.example")
    enter(carols := Desk(), "a-1001")
    assert carols.get("/people/").status_code == 200
    assert LinkedAccount.objects.exclude(subject="").get().administrator == carol


def test_linked_account_is_not_expected_anew_and_its_end_ends_sign_ins(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    expect(owner, "bob", "bob@gym.example")
    bob, address = Desk(), f"/administrators/{pk_of('bob')}/company-account/"
    enter(bob, "a-1001")
    assert "Linked to bob@gym.example." in owner.read(address)
    status, _page = owner.send(address, address="other@gym.example")
    assert status == 422
    status, page = owner.send(f"{address}end/", word="wrong")
    assert (status, "Nothing was changed" in page) == (409, True)
    assert bob.get("/people/").status_code == 200
    assert owner.send(f"{address}end/", word="bob") == (303, "/administrators/")
    assert bob.get("/people/").status_code == 303
    assert enter(Desk(), "a-1001") == "/sign-in/company/?refused=1"
    assert owner.send(f"{address}end/", word="bob") == (303, "/administrators/")
    assert "has no company account" in owner.read("/administrators/")


def test_provider_that_is_down_is_said_to_whoever_wants_to_link(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    Provider.objects.update(issuer="http://127.0.0.1:1")
    discovery.forget()
    status, page = owner.send(OWN, present="passwrod")
    assert (status, "did not answer" in page) == (422, True)


def test_account_of_another_domain_is_not_linked_and_the_audit_says_why(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer, domain="gym.example"))
    assert "The company account was not accepted." in link(desk_of(club, "bob"), "a-1001")
    assert Entry.objects.get(event="company-account.refused").subject["reason"] == "domain"
    assert not LinkedAccount.objects.exists()


def test_whoever_has_a_second_factor_gives_a_code_too_before_linking(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer))
    _app, codes = with_app(Administrator.objects.select_related("company").get(username="bob"))
    bob = Desk()
    bob.sign_in_fully(club.company.slug, "bob")
    bob.post("/sign-in/code/", {"code": codes[0]})
    bob.proof = bob.fields(bob.get("/sync/"))
    assert bob.send(OWN, present="passwrod")[0] == 422
    assert bob.send(OWN, present="passwrod", code="000000")[0] == 422
    status, page = bob.send(OWN, present="passwrod", code=codes[1])
    assert status == 200
    assert sent_to(page).startswith(issuer)
