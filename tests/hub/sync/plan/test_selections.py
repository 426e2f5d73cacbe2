"""Selections: read from an address or the saved filter; what does not exist, or is elsewhere, never comes to mean everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import QueryDict
from django_scopes import scope

from doorsync.hub.administrators import actions as administrators
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import Role
from doorsync.hub.audit.models import Entry
from doorsync.hub.sync.errors import UnknownChoice
from doorsync.hub.sync.models import Mode
from doorsync.hub.sync.plan.selections import Selection, save_selection, saved_selection, within_limit
from tests.factories import world
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def north(club: Gym) -> Administrator:
    """Limited to the first location."""
    made = world.administrator(club.company, username="north")
    administrators.change_role(administrator=made, role=Role(Level.MANAGER, [club.locations[0]]), actor=club.actor)
    return world.again(made)


def test_an_address_says_the_selection_and_the_selection_its_address(club: Gym) -> None:
    choice = Selection(
        locations=frozenset({club.locations[1].pk}), terminals=frozenset({club.terminals[2].pk}),
        groups=frozenset({club.staff.pk, club.members.pk}), mode=Mode.VERIFY,
    )  # fmt: skip
    assert Selection.from_query(QueryDict(choice.as_query())) == choice
    assert Selection.from_query(QueryDict("mode=unheard-of")) == Selection()


@pytest.mark.parametrize("odd", ["x", "0", "-1", "9" * 30, "\u0663", "1.0"])
def test_an_id_that_does_not_exist_is_refused_and_does_not_mean_all(club: Gym, odd: str) -> None:
    for name in ("location", "terminal", "group"):
        query = QueryDict(mutable=True)
        query[name] = odd
        with pytest.raises(UnknownChoice):
            Selection.from_query(query)


def test_ids_of_another_company_do_not_exist(club: Gym) -> None:
    theirs = gym(other=True).terminals[0]
    with pytest.raises(UnknownChoice):
        Selection.from_query(QueryDict(f"terminal={theirs.pk}"))


def test_equal_selections_have_one_key_and_others_have_not() -> None:
    one = Selection(groups=frozenset({1, 2}))
    assert one.key() == Selection(groups=frozenset({2, 1})).key()
    others = [Selection(), Selection(groups=frozenset({1})), Selection(terminals=frozenset({1, 2})), Selection(user=1)]
    others += [Selection(groups=frozenset({1, 2}), mode=Mode.VERIFY), Selection(user=2)]
    assert len({one.key(), *(each.key() for each in others)}) == 7


def test_erasing_writes_everybody_back_whatever_is_ticked() -> None:
    assert Selection(groups=frozenset({1}), mode=Mode.ERASE).scope.everybody
    assert not Selection(groups=frozenset({1})).scope.everybody
    assert (Selection().is_empty, Selection(user=1).is_empty) == (True, False)


def test_whoever_is_limited_gets_their_locations_and_nothing_elsewhere(club: Gym, north: Administrator) -> None:
    here, elsewhere = club.locations[0].pk, club.locations[1].pk
    assert within_limit(Selection(), north).locations == {here}
    assert within_limit(Selection(terminals=frozenset({club.terminals[0].pk})), north).locations == {here}
    for choice in (Selection(locations=frozenset({here, elsewhere})), Selection(terminals=frozenset({club.terminals[2].pk}))):
        with pytest.raises(UnknownChoice):
            within_limit(choice, north)
        assert within_limit(choice, club.administrator) == choice


def test_a_filter_that_was_saved_before_the_limit_counts_no_more(club: Gym, north: Administrator) -> None:
    choice = Selection(terminals=frozenset({club.terminals[2].pk}), mode=Mode.VERIFY)
    for administrator in (north, club.administrator):
        save_selection(administrator=administrator, choice=choice, actor=club.actor)
    assert saved_selection(north) == Selection(locations=frozenset({club.locations[0].pk}))
    assert saved_selection(club.administrator) == choice


def test_a_saved_filter_is_replaced_whole(club: Gym) -> None:
    assert saved_selection(club.administrator) == Selection()
    for choice in (Selection(groups=frozenset({club.staff.pk})), Selection(locations=frozenset({club.locations[0].pk}))):
        save_selection(administrator=club.administrator, choice=choice, actor=club.actor)
        assert saved_selection(club.administrator) == choice
    assert Entry.objects.filter(event="filter.saved").count() == 2
