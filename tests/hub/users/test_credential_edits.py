"""A damaged credential can be taken away and reported lost: nobody can read it, and terminals may still open for it."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.users.credential_edits import remove_credential, report_lost
from doorsync.hub.users.models import LostCredential
from doorsync.hub.users.queries import credentials_of
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("I-06", mutation="_take() unsealing what it takes away: the page said to take it away, and could not")
@pytest.mark.parametrize("lost", [False, True])
def test_a_damaged_card_is_taken_away_and_the_others_stay(lost: bool) -> None:
    company = world.company()
    alice, actor = world.user(company, card="5", pin="4242"), Actor(company_id=company.pk, via="test")
    damaged = world.credential(alice, "card", "6")
    with scope(company=company):
        type(damaged).objects.filter(pk=damaged.pk).update(sealed=b"damaged")
        change = report_lost if lost else remove_credential
        change(user=alice, credential_id=damaged.pk, actor=actor)

        assert credentials_of(alice) == {"card": {"5"}, "pin": {"4242"}}
        assert LostCredential.objects.filter(lookup=damaged.lookup).exists() is lost
