from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorsync.hub.companies.models import Company
from doorsync.hub.esws.application import Application
from doorsync.hub.esws.declarations import Caller
from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.values import STRING, ArrayOf, Struct
from tests.contracts.esws.clients import OPERATION, Client, Node, Parameters, Php, Said, Zeep
from tests.factories import live, soap, world
from tests.factories.live import LiveHub
from tests.factories.soap import PATH

pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]
CODE = "<&>\"ö€'^;+#]]> 12345678901234567"
USERNAME = ' <j&ö"rg>€ '
PASSWORD = "p<&>\"ö€'\\%41\t;]]>"
GIVEN = {"p_companyID": CODE, "p_adminUsername": USERNAME, "p_adminPassword": PASSWORD}
CLIENTS: dict[str, Client] = {
    "zeep": Zeep(),
    "zeep with the literal twin": Zeep("wsdl=literal"),
    "PHP": Php(),
    "PHP with the literal twin": Php("wsdl=literal"),
    "PHP without a WSDL": Php(None),
    "PHP in SOAP 1.2": Php(None, soap_version=2),
    "node": Node(),
    "node with the literal twin": Node("wsdl=literal"),
}
every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)


@pytest.fixture
def company() -> Company:
    made = world.company(code=CODE)
    world.administrator(made, username=USERNAME, password=PASSWORD)
    return made


def said(client: Client, hub: LiveHub, **changed: str | None) -> Said:
    given: Parameters = {**GIVEN, **changed}
    return client(hub.url + PATH, given)


@pytest.mark.requirement("M-04", mutation="encodingStyle left out of the WSDL; the return element qualified")
@every_client
def test_a_real_client_gets_a_token(hub: LiveHub, company: Company, client: Client) -> None:
    assert re.fullmatch("[0-9a-f]{128}", said(client, hub).result)


@every_client
def test_a_real_client_reads_the_return_strings(hub: LiveHub, company: Company, client: Client) -> None:
    assert said(client, hub, p_adminPassword="wrong").result == "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"
    assert said(client, hub, p_adminPassword="").result == "NO PASSWORD PROVIDED"
    assert said(client, hub, p_companyID="x" * 32).result == "ERROR_UNKNOWN_SECURITY_HASH"


@every_client
def test_a_real_client_reads_a_fault(hub: LiveHub, company: Company, client: Client) -> None:
    for _ in range(20):
        soap.post(hub.url, soap.written(**{**GIVEN, "p_adminPassword": "wrong"}))
    fault = said(client, hub).fault

    assert fault is not None
    assert fault.endswith("Client.Throttled")


@pytest.mark.parametrize("client", [Php(), Php(None)], ids=["PHP", "PHP without a WSDL"])
def test_a_real_client_may_send_null(hub: LiveHub, company: Company, client: Client) -> None:
    assert said(client, hub, p_adminUsername=None).result == "NO USERNAME PROVIDED"


GROUPS = ArrayOf(Struct("getGroupsObject", {"GroupId": STRING, "GroupName": STRING}))
ROWS = [{"GroupId": "1", "GroupName": "A & ö€"}, {"GroupId": "2", "GroupName": ""}]


def groups(caller: Caller, **given: str) -> list[dict[str, str]]:
    return ROWS


@pytest.fixture
def grouped() -> Iterator[LiveHub]:
    """The service with one more operation: what an array of structs looks like to a client."""
    more = replace(OPERATIONS[OPERATION], name="Esws.getGroups", returns=GROUPS, run=groups)
    with live.running(Application({**OPERATIONS, more.name: more})) as hub:
        yield hub


def rows_of(result: Any) -> list[dict[str, str]]:
    """The same rows, however a client wraps them."""
    items = result.get("item", result) if isinstance(result, dict) else getattr(result, "item", result)
    return [{field: _plain(row[field]) for field in ROWS[0]} for row in items]


def _plain(value: Any) -> str:
    return (value.get("$value") if isinstance(value, dict) else value) or ""


@pytest.mark.parametrize("client", [Zeep(), Php(), Php(None), Node()], ids=["zeep", "PHP", "PHP without a WSDL", "node"])
def test_a_real_client_reads_an_array_of_structs(grouped: LiveHub, client: Client) -> None:
    assert rows_of(client(grouped.url + PATH, GIVEN, "Esws.getGroups").result) == ROWS
