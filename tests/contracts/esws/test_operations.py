"""Every operation, called by clients of three languages from the generated WSDL, and by position under foreign names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.esws.declarations import Operation
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.values import Struct
from doorsync.hub.users.models import InfoField, User
from doorsync.hub.users.queries import credentials_of
from scripts.esws_reference import SAMPLES
from tests.contracts.esws.clients import Client, Node, Php, Zeep
from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.soap import PATH

pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]
CODE = "<&>\"ö€'^;+#]]> 12345678901234567"
ODD = "Łódź & <Ōsaka> ']]> 😀"
CLIENTS: dict[str, Client] = {
    "zeep": Zeep(),
    "zeep with the literal twin": Zeep("wsdl=literal"),
    "PHP": Php(),
    "PHP without a WSDL": Php(None),
    "node": Node(),
}
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
TWICE = {"p_companyID": CODE, "p_Achternaam": ODD, "p_infoFields": {"info1": ODD, "info2": "000123"}}
OF_ANNA = {"p_companyID": CODE, "p_wsAltUserId": "M-1"}
# What a program does with a member, and what it hears; the rest of the values are those of the documentation.
STORY: list[tuple[str, Mapping[str, Any], str]] = [
    ("updateUserAltId", {**TWICE, **OF_ANNA, "p_locationID": "", "p_syncToTapkey": "0"}, "1"),
    ("updateUser", {**TWICE, "p_Id": "7", "p_cardId": "77"}, "7"),
    ("updateUser2", {**TWICE, "p_ID": "8", "p_cardId": "", "p_groupId": ""}, "8"),
    ("updateUserContractor", {**TWICE, "p_Id": "9", "p_cardId": "99", "p_groupId": ""}, "9"),
    ("updateUserDotweb", {**TWICE, "p_wsAltUserId": "W1"}, "ERROR_UNKNOWN_SECURITY_HASH"),
    ("updateCard", {**OF_ANNA, "p_usbCardId": "036136500607727100"}, "OK"),
    ("setQR", OF_ANNA, "[0-9a-zA-Z]{32}"),
    ("getQR", OF_ANNA, "[0-9a-zA-Z]{32}"),
    ("deleteQR", OF_ANNA, "OK"),
    ("getQR", OF_ANNA, "None"),
    ("deletePictureAndTemplates", OF_ANNA, "PROFILE_PICTURE_DELETED"),
    ("imageToFaceTemplate", {"p_companyID": CODE, "p_Id": "7"}, "DID_NOT_ALLOWED"),
    ("deleteUser", {"p_companyID": CODE, "p_Id": "8"}, "User has been deleted"),
    ("deleteUser", {"p_companyID": CODE, "p_Id": "8"}, "USER_WAS_NOT_FOUND"),
]


@pytest.fixture
def company() -> Iterator[Company]:
    made = world.company(code=CODE)
    with scope(company=made):
        InfoField.objects.create(company=made, number=3, label="Member", function="external_id")
        yield made


def whole(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters in their order, as the documentation wants them sent."""
    empty = {each.name: {} if isinstance(each.type, Struct) else SAMPLES.get(each.name, "") for each in operation.parameters}
    return {name: given.get(name, value) for name, value in empty.items()}


def foreign(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {f"arg{place}": value for place, value in enumerate(parameters.values())}


def told(client: Client, hub: LiveHub, *, named: bool = True) -> list[str]:
    calls = [(f"Esws.{name}", whole(OPERATIONS[f"Esws.{name}"], given)) for name, given, _ in STORY]
    calls = calls if named else [(name, foreign(given)) for name, given in calls]
    return [said.fault or str(said.result) for said in client.all(hub.url + PATH, calls)]


def check_story(results: list[str], company: Company) -> None:
    unexpected = [
        (name, result) for (name, _, expected), result in zip(STORY, results, strict=True) if not re.fullmatch(expected, result)
    ]
    assert unexpected == []
    anna = User.objects.get(external_id="M-1")
    assert (anna.last_name, anna.info1, anna.info2) == (ODD, ODD, "000123")
    assert credentials_of(anna) == {"card": {"36136500607727100"}, "pin": {"0042"}, "licence_plate": {"12ABCD"}}
    assert [group.name for group in anna.groups.all()] == ["Members"]
    assert set(User.objects.values_list("number", flat=True)) == {anna.number, 7, 9}


@every_client
def test_a_real_client_tells_the_story_of_a_member(hub: LiveHub, company: Company, client: Client) -> None:
    check_story(told(client, hub), company)


@pytest.mark.requirement("S-01", mutation="`_found` without its branch for foreign names")
def test_a_real_client_tells_it_by_position_under_foreign_names(hub: LiveHub, company: Company) -> None:
    check_story(told(Php(None), hub, named=False), company)


@every_client
def test_a_real_client_gets_an_answer_from_every_operation(hub: LiveHub, company: Company, client: Client) -> None:
    unknown = [(name, whole(each, {"p_companyID": "x" * 32})) for name, each in OPERATIONS.items()]
    known = [(name, whole(each, {"p_companyID": CODE})) for name, each in OPERATIONS.items()]
    said = client.all(hub.url + PATH, unknown + known)

    assert [(name, each.fault) for (name, _), each in zip(unknown + known, said, strict=True) if each.fault] == []
    first = said[: len(unknown)]
    assert [name for (name, _), each in zip(unknown, first, strict=True) if "UNKNOWN_SECURITY" not in str(each.result)] == []
