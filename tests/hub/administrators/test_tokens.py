from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.administrators import actions, token_issuing, tokens
from doorsync.hub.administrators.errors import NoSuchAdministrator
from doorsync.hub.administrators.models import Administrator, Session, SyncToken
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from tests.factories import world
from tests.factories.visitor import Visitor, session_of, token_for

NOW = timezone.now().replace(microsecond=0)


def events(company_id: int) -> list[str]:
    with scopes_disabled():
        return list(Entry.objects.filter(company_id=company_id).values_list("event", flat=True))


@pytest.mark.requirement("M-05", mutation="token_hex(32)")
@pytest.mark.requirement("T-01", mutation="keeping the token instead of its SHA-256")
@pytest.mark.django_db
def test_issue_gives_128_hexadecimal_characters_and_keeps_only_their_hash() -> None:
    alice = world.administrator(world.company())
    given = {token_for(alice) for _ in range(3)}
    assert len(given) == 3
    assert all(len(token) == 128 and set(token) <= set("0123456789abcdef") for token in given)
    with scopes_disabled():
        kept = {bytes(digest) for digest in SyncToken.objects.values_list("digest", flat=True)}
    assert kept == {sha256(token.encode()).digest() for token in given}


@pytest.mark.requirement("T-02", mutation="expires_at__gte in spend, and < in fault")
@pytest.mark.parametrize(("set_to", "lives"), [(300, 300), (60, 60), (600, 600), (5, 60), (9999, 600)])
@pytest.mark.django_db
def test_a_token_works_until_its_last_second_and_not_one_second_longer(set_to: int, lives: int) -> None:
    alice = world.administrator(world.company(token_seconds=set_to))
    with time_machine.travel(NOW, tick=False) as clock:
        early, late = token_for(alice), token_for(alice)
        clock.shift(timedelta(seconds=lives - 1))
        session_of(Visitor().sign_in(early))
        clock.shift(timedelta(seconds=1))
        visitor = Visitor()
        assert visitor.post(visitor.follow(late)).status_code == 410


@pytest.mark.requirement("T-02", mutation="compatible_tokens = True by default")
@pytest.mark.django_db
def test_compatible_tokens_are_off_until_allowed_and_then_long_and_reusable_and_audited() -> None:
    company = world.company()
    alice = world.administrator(company)
    assert tokens.token_lifetime(company) == timedelta(minutes=5)
    boss = Actor(company_id=company.pk, administrator_id=alice.pk, via="command-line")
    with time_machine.travel(NOW, tick=False) as clock:
        actions.allow_compatible_tokens(company=company, allowed=True, actor=boss)
        token = token_for(alice)
        clock.shift(timedelta(hours=12) - timedelta(seconds=1))
        assert session_of(Visitor().sign_in(token)) != session_of(Visitor().sign_in(token))
        clock.shift(timedelta(seconds=1))
        visitor = Visitor()
        assert visitor.post(visitor.follow(token)).status_code == 410
    assert "compatible-tokens.allowed" in events(company.pk)


@pytest.mark.django_db
def test_compatible_tokens_are_refused_once_the_company_forbids_them() -> None:
    company = world.company(compatible_tokens=True)
    alice = world.administrator(company)
    token = token_for(alice)
    session_of(Visitor().sign_in(token))
    actions.allow_compatible_tokens(company=company, allowed=False, actor=Actor(company_id=company.pk))
    visitor = Visitor()
    assert visitor.post(visitor.follow(token)).status_code == 410
    assert "compatible-tokens.forbidden" in events(company.pk)


@pytest.mark.django_db
def test_an_administrator_has_five_live_tokens_and_the_oldest_goes() -> None:
    alice = world.administrator(world.company())
    given = [token_for(alice) for _ in range(6)]
    visitor = Visitor()
    assert visitor.post(visitor.follow(given[0])).status_code == 410
    session_of(Visitor().sign_in(given[1]))
    session_of(Visitor().sign_in(given[5]))


@pytest.mark.django_db
def test_tokens_that_ended_a_month_ago_are_deleted_with_their_sessions() -> None:
    alice = world.administrator(world.company())
    with time_machine.travel(NOW, tick=False) as clock:
        session_of(Visitor().sign_in(token_for(alice)))
        clock.shift(timedelta(days=30))
        token_for(alice)
        assert tokens.delete_expired_tokens(timezone.now()) == 0
        clock.shift(timedelta(minutes=6))
        token_for(alice)
        assert tokens.delete_expired_tokens(timezone.now()) == 1
        with scopes_disabled():
            assert (SyncToken.objects.count(), Session.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_issue_refuses_whoever_was_disabled_meanwhile() -> None:
    company = world.company()
    alice = world.administrator(company)
    actions.change_rights(administrator=world.again(alice), may_sync=False, actor=Actor(company_id=company.pk))
    with pytest.raises(NoSuchAdministrator):
        token_for(alice)


def test_a_handle_stands_for_its_digest_for_a_minute_only() -> None:
    digest = tokens.token_digest("x")
    with time_machine.travel(NOW, tick=False) as clock:
        handle = tokens.make_token_handle(digest)
        assert tokens.digest_in(handle) == digest
        clock.shift(61)
        assert tokens.digest_in(handle) == b""
    assert tokens.digest_in(handle[:-1]) == b""
    assert tokens.digest_in("") == b""
    assert tokens.digest_in("ä:b:c") == b""


@pytest.mark.requirement("T-07", mutation="issue() not comparing the version")
@pytest.mark.django_db
def test_issue_refuses_rights_that_changed_since_the_password_was_looked_at() -> None:
    company = world.company()
    before = world.administrator(company)
    actions.change_password(administrator=world.again(before), password="another one", actor=Actor(company_id=company.pk))
    with pytest.raises(NoSuchAdministrator):
        token_issuing.issue_token(before, Actor(company_id=company.pk))
    token_issuing.issue_token(world.again(before), Actor(company_id=company.pk))


@pytest.mark.requirement("T-02", mutation="fault() not comparing what the token was made as with what the company allows")
@pytest.mark.django_db
def test_unused_reusable_tokens_do_not_survive_the_switch() -> None:
    company = world.company(compatible_tokens=True)
    token = token_for(world.administrator(company))
    actions.allow_compatible_tokens(company=company, allowed=False, actor=Actor(company_id=company.pk))
    visitor = Visitor()
    assert visitor.post(visitor.follow(token)).status_code == 410


@pytest.mark.requirement("T-04", mutation="judging a token by what its company allows now")
@pytest.mark.django_db
def test_tokens_for_one_use_stay_so_when_the_company_allows_others() -> None:
    company = world.company()
    token = token_for(world.administrator(company))
    actions.allow_compatible_tokens(company=company, allowed=True, actor=Actor(company_id=company.pk))
    session_of(Visitor().sign_in(token))
    assert Visitor().sign_in(token).status_code == 410


@pytest.mark.requirement("T-07", mutation="fault() not comparing the version")
@pytest.mark.django_db
def test_token_of_rights_that_changed_is_worthless_though_nobody_revoked_it() -> None:
    alice = world.administrator(world.company())
    token = token_for(alice)
    with scopes_disabled():
        Administrator.objects.filter(pk=alice.pk).update(version=alice.version + 1)
    visitor = Visitor()
    assert visitor.post(visitor.follow(token)).status_code == 410
