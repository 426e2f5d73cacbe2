"""Info fields: texts of a company's own, and those that stand for a field of the user."""

from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.users import actions
from doorsync.hub.users.errors import BadFields, ExternalIdTaken, GroupIdTaken, InfoFieldInUse
from doorsync.hub.users.info_fields import change_info_field, info_field_functions, info_of
from doorsync.hub.users.models import User
from tests.factories import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return world.company()


def by(company: Company) -> Actor:
    return Actor(company_id=company.pk, via="test")


def say(company: Company, number: int, function: str = "", label: str = "Label") -> None:
    change_info_field(company=company, number=number, label=label, function=function, actor=by(company))


def test_write_of_one_info_field_leaves_the_others(company: Company) -> None:
    user = actions.create_user(company=company, actor=by(company), last_name="Adams", info1="red", info14="blue")
    actions.change_user(user=user, actor=by(company), info14="")

    with scope(company=company):
        kept = User.objects.get()
        assert (kept.info1, kept.info14) == ("red", "")


def test_info_field_that_stands_for_the_id_writes_and_reads_the_id(company: Company) -> None:
    say(company, 3, "external_id")
    user = actions.create_user(company=company, actor=by(company), last_name="Adams", info3="4711")

    with scope(company=company):
        kept = User.objects.get()
        assert (kept.external_id, kept.info3) == ("4711", "")
        assert info_of(kept, info_field_functions())["info3"] == "4711"
    with pytest.raises(ExternalIdTaken):
        actions.create_user(company=company, actor=by(company), last_name="Baker", info3="4711")
    with pytest.raises(BadFields, match="stands for"):
        actions.change_user(user=user, actor=by(company), info3="1", external_id="2")


def test_info_fields_of_the_other_company_stand_for_nothing_here(company: Company) -> None:
    say(world.other_company(), 3, "external_id")
    user = actions.create_user(company=company, actor=by(company), last_name="Adams", info3="4711")
    assert (user.external_id, user.info3) == ("", "4711")


@pytest.mark.parametrize(
    ("number", "function", "label", "field"),
    [(0, "", "A", "number"), (15, "", "A", "number"), (1, "pin", "A", "function"), (1, "", "A\0", "label")],
)
def test_wrong_info_field_is_told(company: Company, number: int, function: str, label: str, field: str) -> None:
    with pytest.raises(BadFields) as refused:
        say(company, number, function, label)
    assert list(refused.value.faults) == [field]


def test_function_hides_no_values_and_is_given_once(company: Company) -> None:
    actions.create_user(company=company, actor=by(company), last_name="Adams", info2="red")
    say(company, 3, "email")
    for number, function in ((2, "external_id"), (4, "email")):
        with pytest.raises(InfoFieldInUse):
            say(company, number, function)
    say(company, 3, "email", "Renamed")


def test_group_has_an_id_of_the_third_party_once(company: Company) -> None:
    assert actions.create_group(company=company, name="Members", external_id="g1", actor=by(company)).external_id == "g1"
    with pytest.raises(GroupIdTaken):
        actions.create_group(company=company, name="Staff", external_id="g1", actor=by(company))
    actions.create_group(company=company, name="One", actor=by(company))
    actions.create_group(company=company, name="Two", actor=by(company))
