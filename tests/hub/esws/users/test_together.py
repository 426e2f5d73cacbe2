"""updateUser calls that come together: the same as one after the other, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope, scopes_disabled

from doorsync.hub.audit.models import Entry
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.models import Company
from doorsync.hub.esws.call_batches import replies
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.service import Request
from doorsync.hub.sync.models import Holding
from doorsync.hub.users.models import Group, InfoField, User
from tests.factories import esws, soap, world

TRANSACTION = ("BEGIN", "COMMIT")


@pytest.fixture
def company(transactional_db: None) -> Company:
    made = world.company()
    location, agent = world.location(made), world.agent(made)
    doors = world.zone(made, "Inside", *(world.terminal(location, agent, f"Door {number}") for number in range(3)))
    world.right(world.group(made), doors, world.schedule(made))
    return made


def person(number: int | str, **given: str) -> dict[str, str]:
    words = {"p_Id": str(number), "p_Voornaam": "New", "p_Achternaam": f"Person {number}", "p_groupName": "Members", **given}
    return {"p_companyID": world.SAMPLE_CODE, "p_cardId": f"1000{number}", **words}


def together(calls: Sequence[Mapping[str, str]], operation: str = "updateUser") -> list[str | None]:
    requests = [Request(body=esws.written(operation, given), content_type="text/xml; charset=utf-8") for given in calls]
    return [soap.result(reply.body) if reply else None for reply in replies(requests, OPERATIONS)]


def state(company: Company) -> list[tuple[object, ...]]:
    with scope(company=company):
        users = User.objects.order_by("number").values_list("number", "first_name", "last_name", "groups__name")
        held = Holding.objects.order_by("key", "terminal_id").values_list("key", "terminal_id", "wanted", "label", "narrows")
        return [*users, *((key, door, bytes(wanted or b""), *rest) for key, door, wanted, *rest in held)]


@pytest.mark.requirement("G-01", mutation="_saved_together() with a transaction for each call")
def test_calls_of_one_company_are_one_transaction_and_leave_what_single_calls_leave(company: Company) -> None:
    people = [person(number) for number in range(1, 9)]
    assert together(people[:4]) == ["1", "2", "3", "4"]
    for each in people[4:]:
        assert esws.call("updateUser", **{name: value for name, value in each.items() if name != "p_companyID"})
    changed = [{**each, "p_Voornaam": "Other"} for each in people]
    with CaptureQueriesContext(connection) as captured:
        assert together(changed) == [str(number) for number in range(1, 9)]
    assert len([each for each in captured if each["sql"].startswith("BEGIN")]) <= 1
    assert len([each for each in captured if not each["sql"].startswith(TRANSACTION)]) <= 28
    after = state(company)
    assert {row[1] for row in after if row[0] in range(1, 9)} == {"Other"}
    for each in changed:  # nothing is left to be done
        assert together([each]) == [each["p_Id"]]
    assert state(company) == after
    with scopes_disabled():
        assert Entry.objects.filter(event="user.changed").count() == 8
        assert not verify_trail(company.pk, begins="").fault


@pytest.mark.requirement("M-02", mutation="save_together() that answers for calls it could not save")
def test_a_call_that_makes_no_sense_is_left_and_the_others_are_saved(company: Company) -> None:
    calls = [person(1), person(2, p_Admin="perhaps"), person("x"), person(""), person(3, p_companyID="?"), person(4)]
    assert together(calls) == ["1", None, None, None, None, "4"]
    with scope(company=company):
        assert set(User.objects.values_list("number", flat=True)) == {1, 4}


@pytest.mark.requirement(
    "D-04", mutation="_write_of() making the groups of a call before it looks at the dates: they stay without the person"
)
def test_a_date_that_is_not_understood_leaves_no_group_behind(company: Company) -> None:
    bad = person(2, p_ExpireDate="31-12-2026", p_groupName="Members;Unheard of")
    assert together([person(1), bad, person(3)]) == ["1", None, "3"]
    assert esws.call("updateUser", **{k: v for k, v in bad.items() if k != "p_companyID"}) == "CAN_NOT_SAVE_USER"
    with scope(company=company):
        assert set(User.objects.values_list("number", flat=True)) == {1, 3}
        assert not Group.objects.filter(name="Unheard of").exists()


@pytest.mark.requirement("D-01", mutation="save_together() without its transaction")
def test_where_one_cannot_be_kept_nothing_is_and_all_are_left(company: Company) -> None:
    assert together([person(1)]) == ["1"]
    before = state(company)
    card_of_another = person(3, p_cardId="10001")
    assert together([person(2, p_groupName="Members;Unheard of"), card_of_another, person(4)]) == [None, None, None]
    assert state(company) == before
    with scope(company=company):
        assert not Group.objects.filter(name="Unheard of").exists()
    assert (
        esws.call("updateUser", **{k: v for k, v in card_of_another.items() if k != "p_companyID"})
        == "CARD_EXISTS_FOR_AN_OTHER_USER"
    )


def test_two_calls_about_one_user_are_not_one_write(company: Company) -> None:
    assert together([person(1), person(1, p_Voornaam="Second"), person(2)]) == ["1", None, "2"]


def test_a_company_with_branches_is_left_to_single_calls(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(branches=True)
    assert together([person(1), person(2)]) == [None, None]


def test_users_named_by_an_id_of_the_program_are_saved_together_too(company: Company) -> None:
    with scope(company=company):
        InfoField.objects.create(company=company, number=1, function=InfoField.Function.EXTERNAL_ID)
    people = [
        {**{name: value for name, value in person(number).items() if name != "p_Id"}, "p_wsAltUserId": f" M-{number}"}
        for number in (1, 2, 3)
    ]
    found = together([*people, {**people[0], "p_wsAltUserId": " "}], "updateUserAltId")
    assert found[:3] == ["1", "2", "3"]
    assert found[3] is None
    changed = [{**each, "p_Voornaam": "Other", "p_phone": "112"} for each in people]
    assert together(changed, "updateUserAltId") == ["1", "2", "3"]
    with scope(company=company):
        assert set(User.objects.values_list("external_id", "first_name", "phone")) == {
            (f"M-{n}", "Other", "112") for n in (1, 2, 3)
        }


def test_without_an_info_field_for_them_ids_of_the_program_are_refused_one_by_one(company: Company) -> None:
    assert together([{**person(1), "p_wsAltUserId": "M-1"}], "updateUserAltId") == [None]


def test_groups_by_their_ids_are_taken_together_too(company: Company) -> None:
    with scope(company=company):
        members = Group.objects.get().pk
    calls = [{**person(number), "p_groupId": str(members)} for number in (1, 2)]
    for each in calls:
        del each["p_groupName"]
    assert together(calls, "updateUser2") == ["1", "2"]
    with scope(company=company):
        assert User.objects.filter(groups=members).count() == 2


@pytest.mark.requirement("M-02", mutation="update_contractors() without _names_firm: a firm with letters is saved")
def test_people_of_firms_are_saved_together_and_a_firm_that_makes_no_sense_is_left(company: Company) -> None:
    firm = {"p_Contractor_Code": " 12 ", "p_Contractor_name": "Acme"}
    letters, nameless = {"p_Contractor_Code": "x1"}, {"p_Contractor_name": ""}
    calls = [person(1, **firm), person(2, **firm | letters), person(3, **firm | nameless), person(4, **firm)]
    assert together(calls, "updateUserContractor") == ["1", None, None, "4"]
    with scope(company=company):
        kept = set(User.objects.values_list("number", "contractor_code", "contractor_name"))
    assert kept == {(1, "12", "Acme"), (4, "12", "Acme")}


@pytest.mark.requirement("M-02", mutation="_made() without forget_answers(): the second call makes the group once more")
def test_a_group_that_a_call_makes_is_there_for_the_next_call(company: Company) -> None:
    assert together([person(number, p_groupName="Unheard of") for number in (1, 2, 3)]) == ["1", "2", "3"]
    with scope(company=company):
        assert Group.objects.get(name="Unheard of").users.count() == 3


def test_what_calls_ask_alike_is_asked_once(company: Company) -> None:
    with CaptureQueriesContext(connection) as captured:
        together([person(number) for number in range(1, 9)])
    asked = [each["sql"].replace('"', "") for each in captured]
    assert sum("FROM users_group " in each for each in asked) == 1
    assert sum("FROM companies_location " in each for each in asked) == 1
