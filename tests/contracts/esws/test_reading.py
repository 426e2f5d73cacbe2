"""What clients of others make of rows, tokens and codes of the reading and synchronising operations, with a WSDL and without."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company, Location
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.users.models import Group, InfoField
from tests.contracts.esws.clients import Client, Node, Php, Said, Zeep
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
Calls = list[tuple[str, Mapping[str, Any]]]


@pytest.fixture
def company() -> Company:
    made = world.company(code=CODE)
    with scope(company=made):
        InfoField.objects.create(company=made, number=3, label="Member", function="external_id")
    members = world.group(made)
    world.user(made, ODD, members, number=7, external_id="M-1", info1=ODD, card="036136500607727100", pin="0042")
    world.user(made, "Bob", number=8, starts="2026-12-01T08:30")
    world.administrator(made)
    return made


@pytest.fixture
def place(company: Company) -> Location:
    made = world.location(company)
    world.terminal(made, world.agent(company, waited_at=timezone.now()), serial="543714888")
    return made


def told(client: Client, hub: LiveHub, calls: Calls, *, named: bool = True) -> list[Said]:
    """Every parameter is sent, in its order, as the documentation wants it; empty where nothing is said of it."""
    whole = []
    for name, given in calls:
        parameters = OPERATIONS[f"Esws.{name}"].parameters
        values = {each.name: {"p_companyID": CODE, **given}.get(each.name, "") for each in parameters}
        whole.append((f"Esws.{name}", values if named else dict(zip("abcdefgh", values.values(), strict=False))))
    return client.all(hub.url + PATH, whole)


def rows(said: Said) -> list[dict[str, str]]:
    """The rows, however a client wraps them."""
    result = said.result
    items = result.get("item", result) if isinstance(result, dict) else result
    listed = items if isinstance(items, list) else [items] if items else []
    return [{name: _plain(value) for name, value in row.items() if name != "attributes"} for row in listed]


def _plain(value: Any) -> str:
    return str((value.get("$value") if isinstance(value, dict) else value) or "")


def check(said: list[Said], groups: list[dict[str, str]]) -> None:
    users = rows(said[0])
    assert [(row["UserId"], row["Achternaam"]) for row in users] == [("7", ODD), ("8", "Bob")]
    assert (users[0]["CardId"], users[0]["PIN"], users[0]["info1"], users[0]["GroupS"]) == (
        "036136500607727100",
        "0042",
        ODD,
        "Members",
    )
    assert users[1]["StartDate"] == "2026-12-01"
    assert rows(said[1])[0]["StartDate"] == "2026-12-01 08:30:00"
    assert rows(said[2])[0]["UserId"] == "NO_USER_ID_FOUND"
    assert (said[3].result, said[4].result) == ("1", "7")
    found = [{"UserId": "7", "Achternaam": ODD, "Voornaam": "", "FaceTemplates": "0"}]
    assert [rows(each) for each in said[5:8]] == [found, found, found]
    assert rows(said[8]) == groups


READING: Calls = [
    ("getUsers", {}),
    ("getUsers", {"p_userId": "8", "p_addTimeToDate": "1"}),
    ("getUsers", {"p_userId": "9"}),
    ("getUsersPageNr", {}),
    ("getUserId", {"p_wsAltUserId": "M-1"}),
    ("getMultipleUsersIds", {"p_wsAltUserId": "M-1"}),
    ("getMultipleUsersIds2", {"p_wsAltUserId": "M-1"}),
    ("getUsersByInfoField", {"p_InfoField": "info1", "p_InfoFieldValue": ODD}),
    ("getGroups", {}),
]


def groups_of(company: Company) -> list[dict[str, str]]:
    with scope(company=company):
        return [{"GroupId": str(each.pk), "GroupName": each.name} for each in Group.objects.all()]


@every_client
def test_a_real_client_reads_users_and_groups(hub: LiveHub, company: Company, client: Client) -> None:
    check(told(client, hub, READING), groups_of(company))


def test_a_real_client_reads_them_by_position_under_foreign_names(hub: LiveHub, company: Company) -> None:
    check(told(Php(None), hub, READING, named=False), groups_of(company))


@every_client
def test_a_real_client_starts_a_sync_and_asks_after_it(hub: LiveHub, company: Company, place: Location, client: Client) -> None:
    signed = {"p_adminUsername": "username", "p_adminPassword": "passwrod", "p_userId": "7", "p_locationID": str(place.pk)}
    there = {"p_locationId": str(place.pk), "p_userId": "0"}
    token, code = told(client, hub, [("getSyncToken", signed), ("autoSync", there)])
    assert re.fullmatch("[0-9a-f]{128}", token.result)
    assert re.fullmatch("[0-9A-Za-z]{64}", code.result)
    (status,) = told(client, hub, [("getSyncStatus", {"p_syncCode": code.result})])
    assert status.result == "WAITING FOR A CONNECTION"


def test_a_real_client_starts_it_by_position_under_foreign_names(hub: LiveHub, company: Company, place: Location) -> None:
    (code,) = told(Php(None), hub, [("autoSync", {"p_locationId": str(place.pk)})], named=False)
    (status,) = told(Php(None), hub, [("getSyncStatus", {"p_syncCode": code.result})], named=False)
    assert status.result == "WAITING FOR A CONNECTION"


@pytest.mark.parametrize("client", [Zeep(), Php(), Node()], ids=["zeep", "PHP", "node"])
def test_a_real_client_reads_the_result_of_each_terminal(hub: LiveHub, company: Company, place: Location, client: Client) -> None:
    with scope(company=company):
        place.terminals.update(lost_at=timezone.now())  # so that the answer waits for nothing
    (said,) = told(client, hub, [("syncEsiScd", {"p_locationID": str(place.pk)})])
    assert json.loads(said.result) == [{"543714888": "SynchDevice:SearchDevice_ByIP:ERROR [-102]"}]
