from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.users.models import Group, User
from tests.factories import world
from tests.factories.esws import call

pytestmark = pytest.mark.django_db
NO_GROUP = "Company is Branches but no group name specified. It is required for this type of company."
NO_SUCH_GROUP = "Company is Branches but the group name specified does not exists."


@pytest.fixture
def company() -> Company:
    return world.company()


def saved(company: Company, **given: Any) -> set[str]:
    assert call("updateUser", p_Id="7", p_Achternaam="Alice", **given) == "7"
    return current(company)


def current(company: Company) -> set[str]:
    with scope(company=company):
        return set(User.objects.get(number=7).groups.values_list("name", flat=True))


def places(company: Company) -> set[str]:
    with scope(company=company):
        return set(User.objects.get(number=7).locations.values_list("name", flat=True))


def group(company: Company, name: str, location: Location | None = None) -> Group:
    made = world.group(company, name)
    with scope(company=company):
        Group.objects.filter(pk=made.pk).update(location=location)
    return made


def test_groups_that_are_named_are_the_users_groups_from_now_on(company: Company) -> None:
    assert saved(company, p_groupName=" Gym ;; Pool;Gym;") == {"Gym", "Pool"}
    assert saved(company, p_groupName="Pool") == {"Pool"}
    assert saved(company, p_groupName="Sauna", p_groupUpdate="1") == {"Sauna"}
    with scope(company=company):
        assert set(Group.objects.values_list("name", flat=True)) == {"Gym", "Pool", "Sauna"}


def test_groups_of_a_known_user_stay_where_no_update_is_asked_for(company: Company) -> None:
    assert saved(company, p_groupName="Gym", p_groupUpdate="0") == {"Gym"}
    assert saved(company, p_groupName="Pool", p_groupUpdate="0") == {"Gym"}
    with scope(company=company):
        assert not Group.objects.filter(name="Pool").exists()


@pytest.mark.requirement("D-01", mutation="p_groupUpdate compared with 0 and 1 alone: a false of a client replaced the groups")
@pytest.mark.parametrize(("false", "true"), [("false", "true"), ("False", "True"), (" 0\n", " 1\n")])
def test_groups_know_the_booleans_that_clients_write(company: Company, false: str, true: str) -> None:
    saved(company, p_groupName="Gym", p_groupUpdate=true)
    assert saved(company, p_groupName="Pool", p_groupUpdate=false) == {"Gym"}
    assert saved(company, p_groupName="", p_groupUpdate=true) == set()


@pytest.mark.parametrize("names", ["Pool", ""])
def test_groups_stay_where_an_update_is_neither_yes_nor_no(company: Company, names: str) -> None:
    saved(company, p_groupName="Gym")

    assert call("updateUser", p_Id="7", p_groupName=names, p_groupUpdate="2") == "CAN_NOT_SAVE_USER"
    assert current(company) == {"Gym"}


@pytest.mark.parametrize("given", [{}, {"p_groupName": ""}, {"p_groupName": "", "p_groupUpdate": "0"}, {"p_groupUpdate": "1"}])
def test_groups_stay_where_none_is_named(company: Company, given: dict[str, str]) -> None:
    saved(company, p_groupName="Gym")

    assert saved(company, **given) == {"Gym"}


@pytest.mark.requirement("D-01", mutation="a group made of the word for no value, in place of the groups that open doors")
@pytest.mark.parametrize("names", ["null", "undefined;", "None", "[object Object]", "Gym,Pool", "gym | Pool", "Sauna;Gym,Pool"])
def test_groups_stay_where_what_is_named_is_no_name(company: Company, names: str) -> None:
    saved(company, p_groupName="Gym;Pool")

    assert call("updateUser", p_Id="7", p_groupName=names) == "CAN_NOT_SAVE_USER"
    assert current(company) == {"Gym", "Pool"}
    with scope(company=company):
        assert set(Group.objects.values_list("name", flat=True)) == {"Gym", "Pool"}


@pytest.mark.parametrize("name", ["null", "Gym,Pool", "Gym, Sauna", "Staff | Guests", "Null & Co"])
def test_groups_that_are_called_so_are_found_and_lists_of_unknown_ones_are_names(company: Company, name: str) -> None:
    saved(company, p_groupName="Gym;Pool")
    if name in ("null", "Gym,Pool"):
        group(company, name)

    assert saved(company, p_groupName=name) == {name}


def test_groups_are_taken_away_by_an_empty_list_and_an_update(company: Company) -> None:
    saved(company, p_groupName="Gym")

    assert saved(company, p_groupName="", p_groupUpdate="1") == set()


@pytest.mark.parametrize("names", ["x" * 101, ";".join(map(str, range(201)))])
def test_group_names_that_cannot_be_kept_are_refused(company: Company, names: str) -> None:
    assert call("updateUser", p_Id="7", p_Achternaam="A", p_groupName=names) == "CAN_NOT_SAVE_USER"
    with scope(company=company):
        assert not Group.objects.exists()


@pytest.mark.parametrize("ids", ["9" * 5000, "1" * 18, "-1", "٣"])
def test_group_ids_that_are_none_are_refused(company: Company, ids: str) -> None:
    assert call("updateUser2", p_ID="7", p_Achternaam="A", p_groupId=ids) == "CAN_NOT_SAVE_USER"


def test_group_is_the_same_in_each_form_of_unicode_and_with_zeros_before_its_id(company: Company) -> None:
    assert saved(company, p_groupName="Caf\u00e9;Cafe\u0301;Cafe\u0301 ") == {"Caf\u00e9"}
    with scope(company=company):
        pk = Group.objects.get().pk
    assert call("updateUser2", p_ID="7", p_groupId=f"000{pk}") == "7"
    both = {"p_groupName": "Caf\u00e9", "p_groupId": str(pk), "p_Contractor_Code": "1", "p_Contractor_name": "Firm"}
    assert call("updateUserContractor", p_Id="7", **both) == "7"
    assert current(company) == {"Caf\u00e9"}


@pytest.mark.requirement("D-01", mutation="a name in other capitals making a group that opens nothing")
def test_capitals_make_no_other_group(company: Company) -> None:
    group(company, "Members")
    assert saved(company, p_groupName="members;MEMBERS;Pool") == {"Members", "Pool"}
    group(company, "MEMBERS")
    assert saved(company, p_groupName="MEMBERS") == {"MEMBERS"}
    assert saved(company, p_groupName="members") == {"members"}  # either could be meant: one that opens nothing


@pytest.fixture
def branches(company: Company) -> tuple[Location, Location]:
    Company.objects.update(branches=True)
    north, south = world.location(company, "North"), world.location(company, "South")
    group(company, "Gym", north)
    group(company, "Pool", south)
    group(company, "All")
    return north, south


def test_branches_want_a_group_that_exists(company: Company, branches: tuple[Location, Location]) -> None:
    north, _ = branches
    for given in ({}, {"p_groupName": ""}, {"p_groupName": ";"}, {"p_groupName": "", "p_groupUpdate": "1"}):
        assert call("updateUser", p_Id="7", p_Achternaam="A", **given) == NO_GROUP
    for name in ("Sauna", "Gym;Sauna"):
        assert call("updateUser", p_Id="7", p_Achternaam="A", p_groupName=name) == NO_SUCH_GROUP
    elsewhere = {"p_groupName": "Pool", "p_locationID": str(north.pk)}
    assert call("updateUser", p_Id="7", p_Achternaam="A", **elsewhere) == NO_SUCH_GROUP
    for wrong in ({"p_locationID": "999999"}, {"p_groupUpdate": "2"}):
        assert call("updateUser", p_Id="7", p_Achternaam="A", p_groupName="Gym", **wrong) == "CAN_NOT_SAVE_USER"
    with scope(company=company):
        assert not User.objects.exists()


def test_branches_give_locations_with_groups_and_keep_those_elsewhere(
    company: Company, branches: tuple[Location, Location]
) -> None:
    _, south = branches

    assert saved(company, p_groupName="Gym") == {"Gym"}
    assert places(company) == {"North"}
    assert saved(company, p_groupName="Pool;All", p_locationID=str(south.pk)) == {"Gym", "Pool", "All"}
    assert places(company) == {"North", "South"}
    assert saved(company, p_groupName="All", p_locationID=str(south.pk)) == {"Gym", "All"}


def test_branches_find_a_group_in_other_capitals_at_the_location_that_is_named(
    company: Company, branches: tuple[Location, Location]
) -> None:
    north, south = branches
    assert saved(company, p_groupName="gym", p_locationID=str(north.pk)) == {"Gym"}
    elsewhere = {"p_groupName": "gym", "p_locationID": str(south.pk)}
    assert call("updateUser", p_Id="7", p_Achternaam="A", **elsewhere) == NO_SUCH_GROUP


def test_branches_take_groups_by_id_too(company: Company, branches: tuple[Location, Location]) -> None:
    with scope(company=company):
        pool = Group.objects.get(name="Pool").pk

    assert call("updateUser2", p_ID="7", p_Achternaam="A", p_groupId=str(pool)) == "7"
    assert places(company) == {"South"}
    assert call("updateUser2", p_ID="7", p_Achternaam="A", p_groupId=f"{pool};999999") == NO_SUCH_GROUP
    both = {"p_groupName": "Pool", "p_groupId": str(pool), "p_Contractor_Code": "1", "p_Contractor_name": "Firm"}
    assert call("updateUserContractor", p_Id="7", **both) == "7"


@pytest.mark.requirement("I-06", mutation="a group with a semicolon in its name is read as two others")
def test_a_group_with_a_semicolon_is_one_group_when_it_is_written_back(company: Company) -> None:
    for name in ("Staff; night", "Staff"):
        world.group(company, name)

    assert saved(company, p_groupName="Staff; night") == {"Staff; night"}
    assert saved(company, p_groupName="Gym;staff;Night;Pool") == {"Gym", "Staff; night", "Pool"}
    assert saved(company, p_groupName="Staff") == {"Staff"}
    assert saved(company, p_groupName="Night;Staff") == {"Night", "Staff"}

    world.group(company, "night")  # from now on it can be meant either way
    assert call("updateUser", p_Id="7", p_groupName="Staff; night") == "CAN_NOT_SAVE_USER"
    assert current(company) == {"Night", "Staff"}


@pytest.mark.requirement("D-04", mutation="what was escaped twice is cut at the semicolon of its entity")
def test_a_name_that_was_escaped_twice_is_no_list_of_two(company: Company) -> None:
    world.group(company, "Gym & Pool")

    assert saved(company, p_groupName="Gym &amp; Pool;Sauna") == {"Gym & Pool", "Sauna"}


def test_a_placeholder_that_nobody_filled_in_names_no_group(company: Company) -> None:
    assert saved(company, p_groupName="Gym") == {"Gym"}
    assert call("updateUser", p_Id="7", p_groupName="?") == "CAN_NOT_SAVE_USER"
    assert current(company) == {"Gym"}
