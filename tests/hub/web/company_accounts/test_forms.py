"""The form of a provider: another issuer or client needs the secret again, and a domain is held to."""

from __future__ import annotations

from doorsync.hub.administrators.models import Session
from doorsync.hub.audit.models import Entry
from doorsync.hub.providers.models import LinkedAccount
from tests.factories.desk import Desk
from tests.factories.gym import Gym
from tests.hub.web.company_accounts.conftest import PROVIDER, desk_of, settings_with
from tests.hub.web.company_accounts.test_sign_in_views import begin, enter, expect


def test_other_issuer_or_client_needs_the_secret_again_and_ends_all_links(owner: Desk, club: Gym, issuer: str) -> None:
    assert owner.send(PROVIDER, **settings_with(issuer, secret=""))[0] == 422
    owner.send(PROVIDER, **settings_with(issuer))
    expect(owner, "bob", "bob@gym.example")
    bob, by_password = Desk(), desk_of(club, "bob")
    enter(bob, "a-1001")
    assert owner.send(PROVIDER, **settings_with(issuer, secret="", claim="preferred_username"))[0] == 303
    assert bob.get("/people/").status_code == 200, "nothing that decides whose accounts they are has changed"
    status, page = owner.send(PROVIDER, **settings_with(issuer, secret="", client_id="another"))
    assert (status, "given again" in page) == (422, True)
    assert owner.send(PROVIDER, **settings_with(issuer, client_id="another"))[0] == 303
    assert not LinkedAccount.objects.exists()
    assert bob.get("/people/").status_code == 303
    assert by_password.get("/people/").status_code == 200
    ended = Session.objects.exclude(ended_at=None).get()
    assert (ended.administrator.username, ended.end_reason) == ("bob", "provider.changed")


def test_domain_is_asked_for_and_held_to(owner: Desk, club: Gym, issuer: str) -> None:
    owner.send(PROVIDER, **settings_with(issuer, domain="Gym.Example"))
    expect(owner, "bob", "bob@gym.example")
    bob = Desk()
    assert "&hd=gym.example" in begin(bob)
    assert enter(bob, "a-1001") == "/sign-in/company/?refused=1"
    assert Entry.objects.get(event="company-account.refused").subject["reason"] == "domain"
