"""Reads of users: each in the company in scope, in one statement, and what has ended opens no door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.users.models import Credential, Membership, User
from doorsync.hub.users.queries import (
    credential_claims,
    credential_lookup,
    credentials_of,
    kinds_without_terminal,
    links_and_credentials,
    portions,
    present,
    user_with_number,
    users_with_external_ids,
    users_with_ids,
)
from tests.factories import world


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        yield made


def test_nobody_of_another_company_is_found_by_number_id_or_key(company: Company) -> None:
    other = world.other_company()
    theirs = world.user(other, "Mallory", number=7, external_id="m")
    assert user_with_number(7) is None
    assert users_with_external_ids(["m"]) == {}
    assert users_with_ids([theirs.pk]) == []
    ours = world.user(company, "Alice", number=7, external_id="m")
    assert user_with_number(7) == users_with_external_ids(["m"])["m"] == users_with_ids([theirs.pk, ours.pk])[0] == ours


@pytest.mark.parametrize(("seconds", "opens"), [(-1, True), (0, False), (1, False)])
def test_a_credential_that_has_ended_opens_no_door_and_is_still_the_users(company: Company, *, seconds: int, opens: bool) -> None:
    alice = world.user(company, "Alice", world.group(company), card="4711")
    end = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    Credential.objects.update(ends_at=end)
    with time_machine.travel(end + timedelta(seconds=seconds), tick=False):
        groups, credentials = links_and_credentials([alice.pk])
    assert groups == {alice.pk: [Membership.objects.get().group_id]}
    assert [each.user_id for each in credentials] == ([alice.pk] if opens else [])
    assert list(present([alice.pk])[alice.pk].credentials) == [credential_lookup(company, "card", "4711")]


def test_whoever_has_nothing_is_present_with_nothing(company: Company) -> None:
    alice, bob = world.user(company, "Alice", pin="1234"), world.user(company, "Bob")
    found = present([alice.pk, bob.pk])
    assert len(found[alice.pk].credentials) == 1
    assert (found[bob.pk].groups, found[bob.pk].locations, found[bob.pk].credentials) == ({}, {}, {})


def test_a_card_is_claimed_by_who_has_it_and_by_who_lost_it(company: Company) -> None:
    alice, bob = world.user(company, "Alice", card="1"), world.user(company, "Bob")
    world.user(world.other_company(), "Mallory", card="1")
    lookups = {value: credential_lookup(company, "card", value) for value in ("1", "2", "3")}
    bob.lost_credentials.create(company=company, kind="card", lookup=lookups["2"], sealed=b"", lost_at=timezone.now())

    held, lost = credential_claims(list(lookups.values()))

    assert [(each.user_id, each.lookup) for each in held] == [(alice.pk, lookups["1"])]
    assert [(each.user_id, each.lookup) for each in lost] == [(bob.pk, lookups["2"])]
    assert credential_claims([]) == ([], [])


def test_credentials_are_told_by_kind_and_only_those_that_are_asked_for(company: Company) -> None:
    alice = world.user(company, "Alice", card="1", pin="1234")
    world.credential(alice, "card", "2")
    alice = User.objects.select_related("company").get()
    assert credentials_of(alice) == {"card": frozenset({"1", "2"}), "pin": frozenset({"1234"})}
    assert credentials_of(alice, "pin") == {"pin": frozenset({"1234"})}
    assert kinds_without_terminal(alice.pk) == []


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3])])
def test_portions_are_full_but_for_the_last(count: int, sizes: list[int]) -> None:
    found = list(portions(range(count), 3))
    assert [len(some) for some in found] == sizes
    assert [each for some in found for each in some] == list(range(count))
