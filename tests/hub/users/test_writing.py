"""Writing users: numbers, groups and credentials, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.users import actions
from doorsync.hub.users.details import Details
from doorsync.hub.users.errors import BadDetails, CardTaken, ExternalIdTaken
from doorsync.hub.users.models import Credential, Group, User
from doorsync.hub.users.queries import details_of
from doorsync.hub.users.writing import Write, write_users
from tests.factories import world

ALICE = Details(first_name="Alice", last_name="Adams", external_id="a", cards=frozenset({"100"}), pin="1234")
BOB = Details(first_name="Bob", last_name="Baker", external_id="b", cards=frozenset({"200"}))


@pytest.fixture
def company(db: None) -> Company:
    return world.company()


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


@pytest.fixture
def announced() -> Iterator[list[set[int] | None]]:
    heard: list[set[int] | None] = []

    def listen(*, users: set[int] | None, **_: object) -> None:
        heard.append(users)

    access_changed.connect(listen)
    yield heard
    access_changed.disconnect(listen)


def test_create_user_keeps_all_details(company: Company) -> None:
    group = world.group(company)
    wished = replace(ALICE, groups=frozenset({group.pk}), starts="2026-01-01T00:00", expires="2027-01-01T00:00")

    user = actions.create_user(company=company, details=wished, actor=by(company))

    with scope(company=company):
        assert details_of(User.objects.get(pk=user.pk)) == wished


def test_credentials_are_sealed_in_the_database(company: Company) -> None:
    actions.create_user(company=company, details=replace(ALICE, cards=frozenset({"87654321"}), pin="90909"), actor=by(company))

    with scope(company=company):
        stored = b"".join(bytes(row.sealed) + bytes(row.lookup) for row in Credential.objects.all())
    assert b"87654321" not in stored
    assert b"90909" not in stored


def test_numbers_are_never_given_twice(company: Company) -> None:
    first = actions.create_user(company=company, details=ALICE, actor=by(company))
    actions.remove_user(user=first, actor=by(company))

    again = actions.create_user(company=company, details=ALICE, actor=by(company))

    assert again.number > first.number


@pytest.mark.django_db(transaction=True)
def test_numbers_of_users_made_at_once_differ() -> None:
    company = world.company()

    def make(name: str) -> None:
        for each in range(5):
            made = Company.objects.get(pk=company.pk)
            actions.create_user(company=made, details=Details(last_name=f"{name}{each}"), actor=by(company))
        connection.close()

    threads = [threading.Thread(target=make, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with scope(company=company):
        assert sorted(User.objects.values_list("number", flat=True)) == list(range(1, 21))


def test_change_user_writes_only_what_differs(company: Company, announced: list[set[int] | None]) -> None:
    user = actions.create_user(company=company, details=ALICE, actor=by(company))
    announced.clear()

    assert not actions.change_user(user=user, details=ALICE, actor=by(company))
    assert announced == []
    assert actions.change_user(user=user, details=replace(ALICE, pin="99999"), actor=by(company))
    assert announced == [{user.pk}]
    with scope(company=company):
        assert details_of(User.objects.get(pk=user.pk)).pin == "99999"
        assert Entry.objects.filter(event="user.changed").count() == 1


def test_cards_move_between_users_of_one_write(company: Company) -> None:
    alice = actions.create_user(company=company, details=ALICE, actor=by(company))
    bob = actions.create_user(company=company, details=BOB, actor=by(company))

    swapped = [Write(replace(ALICE, cards=BOB.cards), alice), Write(replace(BOB, cards=ALICE.cards), bob)]
    written = write_users(company=company, writes=swapped, actor=by(company))

    assert (written.created, written.changed) == (0, 2)
    with scope(company=company):
        assert details_of(User.objects.get(pk=alice.pk)).cards == BOB.cards


def test_card_with_leading_zeros_is_the_same_card(company: Company) -> None:
    actions.create_user(company=company, details=ALICE, actor=by(company))

    with pytest.raises(CardTaken):
        actions.create_user(company=company, details=replace(BOB, cards=frozenset({"000100"})), actor=by(company))


def test_card_of_the_other_company_is_free(company: Company) -> None:
    other = world.other_company()
    actions.create_user(company=other, details=ALICE, actor=by(other))

    assert actions.create_user(company=company, details=ALICE, actor=by(company)).number == 1


def test_taken_id_changes_nothing(company: Company, announced: list[set[int] | None]) -> None:
    actions.create_user(company=company, details=ALICE, actor=by(company))
    announced.clear()

    with pytest.raises(ExternalIdTaken):
        write_users(company=company, writes=[Write(BOB), Write(replace(BOB, external_id="a"))], actor=by(company))

    with scope(company=company):
        assert User.objects.count() == 1
    assert announced == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_name": ""}, "last_name"),
        ({"cards": frozenset({"12a4"})}, "cards"),
        ({"cards": frozenset({"1" * 21})}, "cards"),
        ({"pin": "12 34"}, "pin"),
        ({"first_name": "Al\0ice"}, "first_name"),
        ({"starts": "2026-02-01T00:00", "expires": "2026-01-01T00:00"}, "expires"),
    ],
)
def test_bad_details_are_named_and_not_repeated(company: Company, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadDetails) as refused:
        actions.create_user(company=company, details=replace(ALICE, **wrong), actor=by(company))  # type: ignore[arg-type]  # as parametrised

    assert list(refused.value.faults) == [field]
    assert "12a4" not in str(refused.value)
    assert "12 34" not in str(refused.value)


def test_details_show_no_secret() -> None:
    assert "1234" not in repr(ALICE)
    assert "100" not in repr(ALICE)


def test_remove_group_leaves_its_members(company: Company) -> None:
    group = actions.create_group(company=company, name="Old", actor=by(company))
    user = actions.create_user(company=company, details=replace(ALICE, groups=frozenset({group.pk})), actor=by(company))

    actions.remove_group(group=group, actor=by(company))

    with scope(company=company):
        assert not Group.objects.exists()
        assert User.objects.filter(pk=user.pk).exists()
