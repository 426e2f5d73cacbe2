"""Writing users: numbers, groups and credentials, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.users import actions
from doorsync.hub.users.errors import BadFields, CredentialTaken, ExternalIdTaken, UserGone
from doorsync.hub.users.fields import Fields
from doorsync.hub.users.models import Credential, User
from doorsync.hub.users.queries import credentials_of
from doorsync.hub.users.validation import Write
from doorsync.hub.users.writes import write_users
from tests.factories import world


def has(*cards: str, pin: str = "") -> dict[str, frozenset[str]]:
    return {"card": frozenset(cards), "pin": frozenset({pin} if pin else ())}


ALICE: Any = {**Fields(first_name="Alice", last_name="Adams", external_id="a", credentials=has("100", pin="1234"))}
BOB: Any = {**Fields(first_name="Bob", last_name="Baker", external_id="b", credentials=has("200"))}


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

    user = actions.create_user(
        company=company, actor=by(company), **ALICE, groups=frozenset({group.pk}), starts="2026-01-01", expires="2026-12-31"
    )

    with scope(company=company):
        kept = User.objects.get(pk=user.pk)
        assert (kept.full_name, kept.starts, kept.expires) == ("Alice Adams", "2026-01-01T00:00", "2027-01-01T00:00")
        assert credentials_of(kept) == {"card": {"100"}, "pin": {"1234"}}
        assert list(kept.groups.all()) == [group]


def test_dates_that_contradict_each_other_in_the_database_hold_up_no_other_change(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), **ALICE)
    with scope(company=company):
        User.objects.filter(pk=user.pk).update(starts="2026-12-31T00:00", expires="2026-01-01T00:00")
        user.refresh_from_db()
        actions.change_user(user=user, actor=by(company), phone="1234", credentials=has())
        assert (User.objects.get(pk=user.pk).phone, credentials_of(user)) == ("1234", {})
        with pytest.raises(BadFields):
            actions.change_user(user=user, actor=by(company), starts="2026-11-30")


def test_damaged_card_is_mended_by_entering_it_again(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), **ALICE)
    with scope(company=company):
        damaged = Credential.objects.get(user=user, kind="card")
        turned = bytes(damaged.sealed)[:-1] + bytes([bytes(damaged.sealed)[-1] ^ 1])
        Credential.objects.filter(pk=damaged.pk).update(sealed=turned)

        actions.change_user(user=User.objects.get(pk=user.pk), credentials=has("100", pin="1234"), actor=by(company))

        assert credentials_of(user) == {"card": {"100"}, "pin": {"1234"}}


def test_credentials_are_sealed_in_the_database(company: Company) -> None:
    actions.create_user(company=company, actor=by(company), **{**ALICE, "credentials": has("87654321", pin="90909")})

    with scope(company=company):
        stored = b"".join(bytes(row.sealed) + bytes(row.lookup) for row in Credential.objects.all())
    assert b"87654321" not in stored
    assert b"90909" not in stored


def test_numbers_are_never_given_to_somebody_else(company: Company) -> None:
    first = actions.create_user(company=company, **ALICE, actor=by(company))
    actions.remove_user(user=first, actor=by(company))

    again = actions.create_user(company=company, **{**ALICE, "external_id": "b"}, actor=by(company))

    assert again.number > first.number


@pytest.mark.django_db(transaction=True)
def test_numbers_of_users_made_at_once_differ() -> None:
    company = world.company()

    def make(name: str) -> None:
        for each in range(5):
            made = Company.objects.get(pk=company.pk)
            actions.create_user(company=made, actor=by(company), last_name=f"{name}{each}")
        connection.close()

    threads = [threading.Thread(target=make, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with scope(company=company):
        assert sorted(User.objects.values_list("number", flat=True)) == list(range(1, 21))


def test_change_user_writes_only_what_differs(company: Company, announced: list[set[int] | None]) -> None:
    user = actions.create_user(company=company, **ALICE, actor=by(company))
    announced.clear()

    assert not actions.change_user(user=user, **ALICE, actor=by(company))
    assert announced == []
    assert actions.change_user(user=user, actor=by(company), credentials={"pin": frozenset({"99999"})})
    assert announced == [{user.pk}]
    with scope(company=company):
        assert credentials_of(User.objects.get(pk=user.pk)) == has("100", pin="99999")
        assert Entry.objects.filter(event="user.changed").count() == 1


def test_cards_move_between_users_of_one_write(company: Company) -> None:
    alice = actions.create_user(company=company, **ALICE, actor=by(company))
    bob = actions.create_user(company=company, **BOB, actor=by(company))

    swapped = [Write(Fields(credentials=has("200")), alice), Write(Fields(credentials=has("100")), bob)]
    written = write_users(company=company, writes=swapped, actor=by(company))

    assert (written.created, written.changed) == (0, 2)
    with scope(company=company):
        assert credentials_of(User.objects.get(pk=alice.pk)) == {"card": {"200"}}


def test_card_with_leading_zeros_is_the_same_card(company: Company) -> None:
    actions.create_user(company=company, **ALICE, actor=by(company))

    with pytest.raises(CredentialTaken):
        actions.create_user(company=company, **{**BOB, "credentials": has("000100")}, actor=by(company))


def test_card_of_the_other_company_is_free(company: Company) -> None:
    other = world.other_company()
    actions.create_user(company=other, **ALICE, actor=by(other))

    assert actions.create_user(company=company, **ALICE, actor=by(company)).number == 1


def test_taken_id_changes_nothing(company: Company, announced: list[set[int] | None]) -> None:
    actions.create_user(company=company, **ALICE, actor=by(company))
    announced.clear()

    taken: Any = {**BOB, "external_id": "a"}
    with pytest.raises(ExternalIdTaken):
        write_users(company=company, writes=[Write(BOB), Write(taken)], actor=by(company))

    with scope(company=company):
        assert User.objects.count() == 1
    assert announced == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"credentials": {"card": frozenset({"12a4"})}}, "cards"),
        ({"credentials": {"card": frozenset({"1" * 21})}}, "cards"),
        ({"credentials": {"pin": frozenset({"12 34"})}}, "pin"),
        ({"credentials": {"pin": frozenset({"1", "2"})}}, "pin"),
        ({"first_name": "Al\0ice"}, "first_name"),
        ({"first_name": "A" * 101}, "first_name"),
        ({"starts": "2026-02-01", "expires": "2026-01-01"}, "expires"),
        ({"starts": "12 34"}, "starts"),
    ],
)
def test_bad_fields_are_named_and_not_repeated(company: Company, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadFields) as refused:
        actions.create_user(company=company, actor=by(company), **{**ALICE, **wrong})

    assert list(refused.value.faults) == [field]
    assert "12a4" not in str(refused.value)
    assert "12 34" not in str(refused.value)


def test_new_user_needs_a_last_name(company: Company) -> None:
    with pytest.raises(BadFields, match="new user"):
        actions.create_user(company=company, actor=by(company), first_name="Alice")


def test_write_shows_no_secret() -> None:
    assert "1234" not in repr(Write(ALICE))
    assert "100" not in repr(Write(ALICE))


@pytest.mark.parametrize(
    ("named", "changed"),
    [
        ({"expires": "2027-06-30"}, {"expires": "2027-07-01T00:00"}),
        ({"first_name": ""}, {"first_name": ""}),
        ({"groups": frozenset()}, {"groups": set()}),
        ({"credentials": {"pin": frozenset()}}, {"credentials": {"card": {"100"}}}),
        ({"credentials": {"card": frozenset({"0"})}}, {"credentials": {"pin": {"1234"}}}),
        ({}, {}),
    ],
)
@pytest.mark.requirement("D-01", mutation="fields that are not named are written as empty ones")
def test_change_touches_only_what_is_named(company: Company, named: dict[str, Any], changed: dict[str, object]) -> None:
    group = world.group(company)
    user = actions.create_user(company=company, actor=by(company), **ALICE, groups=frozenset({group.pk}), expires="2026-12-31")

    def kept() -> dict[str, object]:
        with scope(company=company):
            row = User.objects.get()
            texts = {name: getattr(row, name) for name in ("first_name", "last_name", "external_id", "starts", "expires")}
            return texts | {"groups": {each.pk for each in row.groups.all()}, "credentials": credentials_of(row)}

    before = kept()
    assert actions.change_user(user=user, actor=by(company), **named) == bool(changed)
    assert kept() == before | changed


def test_change_of_a_removed_user_says_so(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), **ALICE)
    with scope(company=company):
        again = User.objects.select_related("company").get()
    actions.remove_user(user=user, actor=by(company))

    with pytest.raises(UserGone):
        actions.change_user(user=again, actor=by(company), first_name="Ann")


def test_change_of_a_stale_row_is_still_written(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), **ALICE)
    with scope(company=company):
        stale = User.objects.select_related("company").get()
    actions.change_user(user=user, actor=by(company), first_name="Ann")

    assert actions.change_user(user=stale, actor=by(company), first_name="Alice")
