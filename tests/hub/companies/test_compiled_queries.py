from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from doorsync.hub.companies.compiled_queries import compiled, compiled_for_all_companies
from doorsync.hub.users.models import Group, Membership, User
from tests.factories.gym import Gym, gym

pytestmark = pytest.mark.django_db
built: list[str] = []


@compiled
def users_named(*, name: Any) -> QuerySet[User]:
    """Of this last name."""
    built.append("named")
    return User.objects.filter(last_name=name).select_related("company").order_by("number")


@compiled
def in_group(ordered: str, *, group: Any, since: Any) -> QuerySet[User, tuple[int, str]]:
    members = Membership.objects.filter(user=OuterRef("pk"), group_id=group)
    return User.objects.filter(Exists(members), updated_at__gt=since).order_by(ordered).values_list("number", "last_name")


@compiled_for_all_companies
def everybody_named(*, name: Any) -> QuerySet[User]:
    return User.objects.filter(last_name=name)


@pytest.fixture
def clubs() -> tuple[Gym, Gym]:
    return gym(["Ada", "Bea"]), gym(["Ada"], other=True)


def test_rows_are_those_of_the_queryset_within_the_company(clubs: tuple[Gym, Gym]) -> None:
    for club in clubs:
        with scope(company=club.company):
            (ada,) = users_named(name="Ada")
            assert ada == User.objects.get(last_name="Ada")
            with CaptureQueriesContext(connection) as further:
                assert ada.company == club.company  # came along
                assert ada.updated_at == User.objects.get(pk=ada.pk).updated_at
            assert len(further) == 1
            assert users_named.first(name="Nobody") is None
            assert users_named.exists(name="Bea") == (club is clubs[0])


def test_it_is_built_once_and_runs_one_statement(clubs: tuple[Gym, Gym]) -> None:
    with scope(company=clubs[0].company):
        users_named(name="Ada")
        built.clear()
        with CaptureQueriesContext(connection) as statements:
            assert [user.last_name for user in users_named(name="Bea")] == ["Bea"]
    assert not built
    assert len(statements) == 1


def test_shape_and_moments_are_told_apart(clubs: tuple[Gym, Gym]) -> None:
    with scope(company=clubs[0].company):
        group, past = Group.objects.get(name="Members"), timezone.now() - timedelta(days=1)
        numbers = [user.number for user in User.objects.order_by("number")]
        assert [number for number, _ in in_group("number", group=group.pk, since=past)] == numbers
        assert [number for number, _ in in_group("-number", group=group.pk, since=past)] == numbers[::-1]
        assert in_group("number", group=group.pk, since=timezone.now() + timedelta(days=1)) == []
        assert in_group("number", group=0, since=past) == []


def test_nothing_is_found_without_a_company(clubs: tuple[Gym, Gym]) -> None:
    with pytest.raises(ScopeError):
        users_named(name="Ada")
    with scope(company=clubs[0].company):
        users_named(name="Ada")
    with pytest.raises(ScopeError):  # not by a statement that is there already either
        users_named.exists(name="Ada")
    with scopes_disabled(), pytest.raises(ScopeError):
        users_named(name="Ada")
    assert len(everybody_named(name="Ada")) == len(clubs)


@compiled
def user_with(*, pk: Any) -> QuerySet[User]:
    """The user."""
    return User.objects.filter(pk=pk)


def test_rows_of_the_company_alone_are_changed(clubs: tuple[Gym, Gym]) -> None:
    ours, theirs = (club.company for club in clubs)
    with scope(company=theirs):
        stranger = User.objects.get()
    with scope(company=ours):
        ada = User.objects.get(last_name="Ada")
        past = timezone.now() - timedelta(days=3)
        assert user_with.update(pk=ada.pk, changes={"phone": "0123", "updated_at": past}) == 1
        assert user_with.update(pk=ada.pk, changes={"phone": "4567"}) == 1  # another statement than the one before
        assert user_with.update(pk=stranger.pk, changes={"phone": "4567"}) == 0
        fresh = user_with.get(pk=ada.pk)
        assert (fresh.phone, fresh.updated_at) == ("4567", past)
        with pytest.raises(ObjectDoesNotExist, match="The user"):
            user_with.get(pk=stranger.pk)


@pytest.mark.django_db(transaction=True)
def test_many_threads_run_one_statement_each_on_its_own_connection(clubs: tuple[Gym, Gym]) -> None:
    """Each request has a thread and a connection of its own."""
    built.clear()

    def ask(number: int) -> tuple[int, str, list[int]]:
        club, name = clubs[number % 2], ("Ada", "Bea")[number % 3 == 0]
        try:
            with scope(company=club.company):
                return number, name, [user.number for user in users_named(name=name)]
        finally:
            connection.close()

    expected = {}
    for number, club in enumerate(clubs):
        with scope(company=club.company):
            expected[number] = {name: [u.number for u in User.objects.filter(last_name=name)] for name in ("Ada", "Bea")}
    with ThreadPoolExecutor(8) as pool:
        for number, name, found in pool.map(ask, range(64)):
            assert found == expected[number % 2][name]
    assert len(built) <= 8  # at the first call several threads may compile it
