"""getUsers and the other operations that read: what they tell, of whom, and with how many statements."""

from __future__ import annotations

import tracemalloc
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.esws import operations
from doorsync.hub.esws.operations import get_users
from doorsync.hub.esws.service import Request, answer
from doorsync.hub.users import reading
from doorsync.hub.users.models import Group, Membership, User, UserLocation
from tests.factories import esws, soap, world
from tests.factories.live import LiveHub

pytestmark = pytest.mark.django_db
ALL: dict[str, Any] = {"p_page": "", "p_locationID": "", "p_userId": "", "p_addTimeToDate": ""}
OPERATIONS: dict[str, dict[str, Any]] = {
    "getUsers": ALL,
    "getUsersPageNr": {},
    "getUserId": {"p_wsAltUserId": "M-1"},
    "getMultipleUsersIds": {"p_wsAltUserId": "M-1"},
    "getMultipleUsersIds2": {"p_wsAltUserId": "M-1"},
    "getUsersByInfoField": {"p_InfoField": "info1", "p_InfoFieldValue": ""},
    "getGroups": {},
}


def test_get_users_tells_everything_of_a_user(company: Company, anna: User) -> None:
    (row,) = esws.rows("getUsers", **ALL)

    told = {name: value for name, value in row.items() if value not in ("", "0")}
    assert told == {
        "UserId": "2179",
        "PIN": "0042",
        "Achternaam": "Jansen",
        "Insertion": "van der",
        "Voornaam": "Anna",
        "Admin": "1",
        "StartDate": "2026-12-01",
        "ExpireDate": "2027-11-30",
        "info1": "blue <locker>",
        "info3": "M-1",
        "GroupS": "A & ö€;Members",
        "wsAltUserId": "M-1",
        "CardId": "36136500607727109;1",
        "LicensePlate": "12ABCD",
        "Active": "1",
    }
    assert list(row)[:3] == ["UserId", "PIN", "Achternaam"]
    assert list(row)[9:23] == [f"info{number}" for number in range(1, 15)]
    assert (row["TemplatesNr"], row["IsVisitor"], row["Security"]) == ("0", "0", "0")


@pytest.mark.parametrize(
    ("add_time", "start", "expiry"),
    [
        ("1", "2026-12-01 08:30:00", "2027-12-01 00:00:00"),
        ("0", "2026-12-01", "2027-11-30"),
        ("", "2026-12-01", "2027-11-30"),
        ("x", "2026-12-01", "2027-11-30"),
        ("true", "2026-12-01 08:30:00", "2027-12-01 00:00:00"),
        ("False", "2026-12-01", "2027-11-30"),
        (None, "2026-12-01 08:30:00", "2027-12-01 00:00:00"),  # the older call, with four parameters
    ],
)
def test_get_users_gives_dates_in_the_form_that_is_asked_for(
    company: Company, anna: User, add_time: str | None, start: str, expiry: str
) -> None:
    (row,) = esws.rows("getUsers", **{**ALL, "p_addTimeToDate": add_time})
    assert (row["StartDate"], row["ExpireDate"]) == (start, expiry)


def test_get_users_leaves_dates_empty_that_are_not_there(company: Company) -> None:
    world.user(company, number=5)
    for add_time in ("", "1"):
        (row,) = esws.rows("getUsers", **{**ALL, "p_addTimeToDate": add_time})
        assert (row["StartDate"], row["ExpireDate"]) == ("", "")


def test_get_users_gives_pages_all_and_one(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PER_PAGE", 2)
    monkeypatch.setattr(get_users, "PER_PAGE", 2)
    for number in (7, 3, 12, 9, 1):
        world.user(company, number=number)

    def numbers(**given: str) -> list[str]:
        return [row["UserId"] for row in esws.rows("getUsers", **{**ALL, **given})]

    assert numbers() == numbers(p_page="0") == numbers(p_page="00") == ["1", "3", "7", "9", "12"]
    assert [numbers(p_page=page) for page in ("1", "2", "3", "4", "999999999")] == [["1", "3"], ["7", "9"], ["12"], [], []]
    assert numbers(p_userId="9") == numbers(p_userId="9", p_page="1") == ["9"]
    assert numbers(p_userId="2") == ["NO_USER_ID_FOUND"]
    assert {text for page in ("x", "-1", "1.5", "9" * 10) for text in numbers(p_page=page)} == {"NO_VALID_PAGE"}
    assert esws.call("getUsersPageNr") == "3"


def test_locations_count_in_companies_with_branches_only(company: Company, anna: User, members: Group) -> None:
    north, south = world.location(company, "North"), world.location(company, "South")
    bob = world.user(company, "Bob", number=8)
    with scope(company=company):
        UserLocation.objects.create(company=company, user=bob, location=north)
        UserLocation.objects.create(company=company, user=bob, location=south)
        Group.objects.filter(pk=members.pk).update(location=north)

    def told(location: object) -> tuple[list[str], list[str], str]:
        users = [row["UserId"] for row in esws.rows("getUsers", **{**ALL, "p_locationID": location})]
        groups = [next(iter(row.values())) for row in esws.rows("getGroups", p_locationID=location)]
        return users, groups, esws.call("getUsersPageNr", p_locationID=location)

    everything = told("")
    assert everything[0] == ["8", "2179"]
    assert told(south.pk) == told("999") == everything
    Company.objects.filter(pk=company.pk).update(branches=True)
    assert told("") == told("0") == everything
    with scope(company=company):
        other = str(Group.objects.exclude(pk=members.pk).get().pk)
    assert told(north.pk) == (["8"], [other, str(members.pk)], "1")
    assert told(south.pk) == (["8"], [other], "1")
    unknown = "NO_LOCATION_ID_FOUND"
    assert told("999") == told("x") == ([unknown], [unknown], unknown)
    only_anna = {**ALL, "p_locationID": north.pk, "p_userId": "2179"}
    assert esws.rows("getUsers", **only_anna)[0]["UserId"] == "NO_USER_ID_FOUND"


def test_users_are_found_by_the_id_of_a_third_party(company: Company, anna: User) -> None:
    assert esws.call("getUserId", p_wsAltUserId="M-1") == "2179"
    expected = [{"UserId": "2179", "Achternaam": "Jansen", "Voornaam": "Anna", "FaceTemplates": "0"}]
    for operation in ("getMultipleUsersIds", "getMultipleUsersIds2"):
        assert esws.rows(operation, p_wsAltUserId="M-1") == expected
        assert esws.rows(operation, p_wsAltUserId="M-2")[0]["UserId"] == "NO_USER_ID_FOUND"
    assert {esws.call("getUserId", p_wsAltUserId=wrong) for wrong in ("M-2", "m-1", "", "2179")} == {"NO_USER_ID_FOUND"}


def test_without_an_info_field_for_that_id_nobody_is_found_by_it() -> None:
    company = world.company()
    world.user(company, external_id="M-1")
    assert esws.call("getUserId", p_wsAltUserId="M-1") == "NO_WS_ALT_USER_ID_INFOFIELD"
    assert esws.rows("getMultipleUsersIds2", p_wsAltUserId="M-1")[0]["UserId"] == "NO_WS_ALT_USER_ID_INFOFIELD"


def test_groups_have_the_ids_that_update_user2_takes(company: Company, members: Group) -> None:
    assert esws.rows("getGroups") == [{"GroupId": str(members.pk), "GroupName": "Members"}]
    esws.call("updateUser2", p_ID="5", p_Achternaam="Bob", p_Voornaam="B", p_groupId=members.pk, p_groupUpdate="1")
    assert esws.rows("getUsers", **{**ALL, "p_userId": "5"})[0]["GroupS"] == "Members"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_of_another_company_is_told(company: Company, anna: User, members: Group, operation: str) -> None:
    world.company(code="y" * 32)
    told = esws.send(operation, "y" * 32, **OPERATIONS[operation])
    text = "".join(told.itertext())
    for theirs in ("2179", "Jansen", "Members", "0042"):
        assert theirs not in text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_code_is_checked_first(company: Company, operation: str) -> None:
    for code, text in (("", "ERROR_NO_SECURITY_HASH"), ("x" * 32, "ERROR_UNKNOWN_SECURITY_HASH")):
        assert "".join(esws.send(operation, code, **OPERATIONS[operation]).itertext()) == text


@pytest.mark.parametrize("operation", ["getUsers", "getUsersByInfoField", "getGroups"])
def test_as_many_statements_for_many_as_for_one(company: Company, members: Group, operation: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            esws.send(operation, **OPERATIONS[operation])
        return len(captured)

    world.user(company, "First", members, card="1", pin="1")
    one = statements()
    for number in range(2, 30):
        world.user(company, f"Person {number}", members, world.group(company, f"Group {number}"), card=str(number), pin="1")
    assert statements() == one
    assert one <= 8


def test_get_users_is_declared_with_four_or_five_parameters() -> None:
    assert [each.name for each in get_users.OPERATION.parameters] == ["p_companyID", *ALL]


def test_all_users_are_written_page_by_page(company: Company, members: Group) -> None:
    """However many there are: what is held in memory is a page, not the answer."""
    with scope(company=company):
        made = User.objects.bulk_create(
            User(company=company, number=number, last_name=f"Person {number}", info1="x" * 200) for number in range(1, 5001)
        )
        Membership.objects.bulk_create(Membership(company=company, user=user, group=members) for user in made)
    request = Request(body=esws.written("getUsers", {"p_companyID": world.SAMPLE_CODE, **ALL}))
    reply = answer(request, operations.OPERATIONS, in_parts=True)
    assert reply.parts is not None

    size, users = 0, 0
    tracemalloc.start()
    for part in reply.parts:
        size, users = size + len(part), users + part.count(b"<item ")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert users == 5000
    assert most < size


def test_all_users_arrive_whole_over_http(company: Company, anna: User, hub: LiveHub) -> None:
    with scope(company=company):
        User.objects.bulk_create(User(company=company, number=number, last_name="Person") for number in range(3000, 4500))
    body = esws.written("getUsers", {"p_companyID": world.SAMPLE_CODE, **ALL})
    answered = soap.post(hub.url, body)
    assert "content-length" not in answered.headers
    items = ElementTree.fromstring(answered.body).findall(".//item/UserId")
    assert [item.text for item in items] == ["2179", *map(str, range(3000, 4500))]
    older = b"POST %s HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (soap.PATH.encode(), len(body))
    assert soap.raw(hub.url, older + body).body == answered.body


@pytest.mark.requirement(
    "S-03", mutation="read_page() raising CannotUnseal: nobody was told any more, and a long answer broke off"
)
@pytest.mark.parametrize("page", ["", "1"])
def test_a_damaged_credential_is_left_out_and_everybody_else_is_told(company: Company, anna: User, page: str) -> None:
    bob = world.user(company, "Bob", number=2180, external_id="M-2", card="5", pin="42")
    with scope(company=company):
        damage(bob, "card")

    first, second = esws.rows("getUsers", **{**ALL, "p_page": page})
    assert first["CardId"] == "36136500607727109;1"
    assert (second["CardId"], second["PIN"]) == ("", "42")


@pytest.mark.parametrize("text", ["9" * 5000, "1e5", "1.0", "-1"])
def test_get_users_answers_whatever_number_stands_for_the_time(company: Company, anna: User, text: str) -> None:
    (row,) = esws.rows("getUsers", **{**ALL, "p_addTimeToDate": text})

    assert row["StartDate"] == ("2026-12-01 08:30:00" if text.isdigit() else "2026-12-01")


def damage(user: User, kind: str) -> None:
    """Turn one bit over of what is sealed."""
    for row in user.credentials.filter(kind=kind):
        sealed = bytearray(row.sealed)
        sealed[-1] ^= 1
        row.sealed = bytes(sealed)
        row.save(update_fields=["sealed"])
