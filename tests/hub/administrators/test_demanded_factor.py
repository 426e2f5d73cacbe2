from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from doorsync.hub.administrators import passkeys, second_factor
from doorsync.hub.administrators.demanded_factor import owes_factor, owes_passkey
from doorsync.hub.administrators.errors import FactorDemanded
from doorsync.hub.administrators.models import Administrator, Passkey
from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.actions import change_company
from tests.factories import world
from tests.factories.passkeys import with_passkey
from tests.factories.second_factors import with_app


@pytest.fixture
def alice(db: None) -> Administrator:
    return world.administrator(world.company())


def boss(of: Administrator) -> Actor:
    return Actor(company_id=of.company_id, via="command-line")


def demand(of: Administrator, demanded: bool = True) -> None:
    change_company(company=of.company, actor=boss(of), demands_second_factor=demanded)


def test_only_a_company_that_demands_one_is_owed_one(alice: Administrator) -> None:
    other = world.administrator(world.company(code=world.SAMPLE_CODE[::-1]))
    assert not owes_factor(alice)
    demand(alice)
    assert owes_factor(alice)
    assert not owes_factor(other)
    with scopes_disabled():
        assert Entry.objects.get(event="company.changed").subject["fields"] == "demands_second_factor"
    demand(alice, False)
    assert not owes_factor(alice)


@pytest.mark.parametrize("kind", ["app", "passkey"])
def test_app_or_passkey_is_enough(alice: Administrator, kind: str) -> None:
    demand(alice)
    bob = world.administrator(alice.company, username="bob")
    with_app(alice) if kind == "app" else with_passkey(alice)
    assert not owes_factor(alice)
    assert owes_factor(bob), "that of somebody else is not theirs"


def test_passkey_follows_the_password_only_where_a_factor_is_demanded(alice: Administrator) -> None:
    with_passkey(alice)
    assert not owes_passkey(alice)
    demand(alice)
    assert owes_passkey(alice)


def test_last_factor_stays_while_it_is_demanded(alice: Administrator) -> None:
    demand(alice)
    with_app(alice)
    with pytest.raises(FactorDemanded):
        second_factor.turn_off(administrator=alice, actor=boss(alice))
    assert second_factor.find_factor(alice)
    _, kept = with_passkey(alice)
    second_factor.turn_off(administrator=alice, actor=boss(alice))
    with pytest.raises(FactorDemanded):
        passkeys.remove_passkey(administrator=alice, passkey=kept, actor=boss(alice))
    with scopes_disabled():
        assert Passkey.objects.get() == kept
    demand(alice, False)
    passkeys.remove_passkey(administrator=alice, passkey=kept, actor=boss(alice))


def test_reset_takes_the_last_one_too_and_another_is_owed(alice: Administrator) -> None:
    demand(alice)
    with_passkey(alice)
    second_factor.reset_factor(administrator=alice, actor=boss(alice))
    assert owes_factor(alice)
