from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.sync.models import Holding, Run
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import Group, User, UserLocation
from tests.factories import world
from tests.factories.esws import call
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

DELETED = "User has been deleted"


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob"])
    with scope(company=made.company):
        yield made


def numbers() -> list[str]:
    return [str(each) for each in User.objects.order_by("number").values_list("number", flat=True)]


@pytest.mark.requirement("I-06", mutation="delete_user deletes the row itself instead of calling remove_user")
def test_delete_user_leaves_holdings_to_be_removed_and_they_go_by_themselves(club: Gym) -> None:
    there = Counterpart(club.agent)
    choice = Selection(locations=frozenset(each.pk for each in club.locations))
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    there.work()
    Agent.objects.update(waited_at=timezone.now())
    alice, bob = numbers()

    assert call("deleteUser", p_Id=alice) == DELETED
    assert numbers() == [bob]
    assert {row.wanted for row in Holding.objects.filter(key=alice)} == {None}
    assert Run.objects.filter(closed_at=None).count() == 1
    there.work()
    assert set(there.device(club.terminals[0]).people()) == {bob}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "NO_ID_RECEIVED"),
        ({"p_Id": ""}, "NO_ID_RECEIVED"),
        ({"p_Id": "x"}, "USER_WAS_NOT_FOUND"),
        ({"p_Id": "399999999"}, "USER_WAS_NOT_FOUND"),
    ],
)
def test_delete_user_refuses_by_a_string(club: Gym, given: dict[str, str], text: str) -> None:
    assert call("deleteUser", **given) == text
    assert len(numbers()) == 2


def test_delete_user_does_not_reach_the_other_company(club: Gym) -> None:
    other = world.other_company()
    world.user(other, "Other", number=7777)

    assert call("deleteUser", p_Id="7777") == "USER_WAS_NOT_FOUND"


@pytest.fixture
def branches(club: Gym) -> Gym:
    Company.objects.filter(pk=club.company.pk).update(branches=True)
    return club


def at(club: Gym, name: str, *places: int) -> str:
    user = User.objects.get(last_name=name)
    for place in places:
        UserLocation.objects.create(company=club.company, user=user, location=club.locations[place])
    return str(user.number)


def test_delete_user_of_branches_needs_a_location_of_the_user(branches: Gym) -> None:
    alice = at(branches, "Alice", 0)
    north, south = (str(each.pk) for each in branches.locations)

    for nowhere in ("", "0", "x", "999999"):
        said = call("deleteUser", p_Id=alice, p_locationID=nowhere)
        assert said == "Company is Branches but no location has been provided"
    assert call("deleteUser", p_Id="399999999") == "USER_WAS_NOT_FOUND"
    assert call("deleteUser", p_Id=alice, p_locationID=south) == "User does not exist in our db"
    assert call("deleteUser", p_Id=alice, p_locationID=north) == DELETED


def test_delete_user_of_several_locations_takes_one_of_them_and_its_groups(branches: Gym) -> None:
    alice = at(branches, "Alice", 0, 1)
    Group.objects.filter(pk=branches.members.pk).update(location=branches.locations[0])
    user = User.objects.get(last_name="Alice")
    elsewhere = world.group(branches.company, "Pool")
    world.right(elsewhere, world.zone(branches.company, "Water", branches.terminals[2]), branches.always)
    user.groups.add(elsewhere, through_defaults={"company": branches.company})

    said = call("deleteUser", p_Id=alice, p_locationID=str(branches.locations[0].pk))
    assert said == "User is linked to multiple locations, we will remove the user from this location"
    assert list(user.locations.all()) == [branches.locations[1]]
    assert list(user.groups.all()) == [elsewhere]
    assert call("deleteUser", p_Id=alice, p_locationID=str(branches.locations[1].pk)) == DELETED


@pytest.mark.requirement(
    "I-06", mutation="groups_with_rights() left out: a group of all locations went on opening the doors of this one"
)
def test_who_is_taken_away_from_a_location_opens_no_door_there_by_any_group(branches: Gym) -> None:
    alice = at(branches, "Alice", 0, 1)
    there = Counterpart(branches.agent)
    choice = Selection(locations=frozenset(each.pk for each in branches.locations))
    start_run(company=branches.company, choice=choice, confirmed=None, actor=branches.actor)
    there.work()
    assert alice in there.device(branches.terminals[0]).people()
    Agent.objects.update(waited_at=timezone.now())

    assert "multiple locations" in call("deleteUser", p_Id=alice, p_locationID=str(branches.locations[0].pk))
    there.work()
    assert alice not in there.device(branches.terminals[0]).people()


def test_delete_user_ignores_the_location_in_other_companies(club: Gym) -> None:
    alice = at(club, "Alice", 0, 1)

    assert call("deleteUser", p_Id=alice, p_locationID="1") == DELETED
