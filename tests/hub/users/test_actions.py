"""What is done to groups: names and ids that are nobody else's, in the one form in which texts are compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users.actions import create_group, rename_group
from doorsync.hub.users.errors import BadFields, GroupIdTaken, GroupNameTaken
from doorsync.hub.users.models import NAME_LENGTH, Group
from tests.factories import world


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    made = world.company()
    with scope(company=made):
        yield made


def made(company: Company, name: str, external_id: str = "") -> Group:
    return create_group(company=company, name=name, external_id=external_id, actor=Actor(company_id=company.pk))


def test_a_group_is_kept_and_noted_under_its_normalised_name(company: Company) -> None:
    group = made(company, "  Cafe\u0301  ", "x1 ")
    assert (group.name, group.external_id) == ("Caf\u00e9", "x1")
    assert Entry.objects.get(event="group.created").subject == {"group": group.pk}


@pytest.mark.requirement("D-04", mutation="create_group() comparing names as they were typed")
def test_a_name_is_taken_in_whatever_form_its_letters_are_typed(company: Company) -> None:
    made(company, "Caf\u00e9")
    with pytest.raises(GroupNameTaken):
        made(company, "Cafe\u0301 ")
    world.group(world.other_company(), "Pool")
    assert made(company, "Pool").name == "Pool", "the other company's is no matter"


def test_an_id_of_the_third_party_is_one_groups_and_none_may_be_many(company: Company) -> None:
    made(company, "Members", "1")
    with pytest.raises(GroupIdTaken):
        made(company, "Guests", "1")
    made(company, "Guests")
    made(company, "Staff")


@pytest.mark.parametrize("name", ["", "   ", "a;b", "a\nb", "x" * (NAME_LENGTH + 1)])
def test_a_name_that_cannot_be_is_refused_for_a_new_group_and_for_another_name(company: Company, name: str) -> None:
    with pytest.raises(BadFields, match="name"):
        made(company, name)
    group = made(company, "x" * NAME_LENGTH)
    with pytest.raises(BadFields):
        rename_group(group=group, name=name, actor=Actor(company_id=company.pk))
    assert Group.objects.get().name == "x" * NAME_LENGTH


def test_a_group_of_older_days_whose_name_has_a_semicolon_may_keep_it(company: Company) -> None:
    group = world.group(company, "Gym; pool")
    assert not rename_group(group=group, name="Gym; pool", actor=Actor(company_id=company.pk))
    made(company, "Members")
    with pytest.raises(GroupNameTaken):
        rename_group(group=group, name="Members", actor=Actor(company_id=company.pk))
