from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import zeep
from zeep.transports import Transport

from doorsync.hub.esws.operations import OPERATIONS
from doorsync.hub.esws.values import STRING, ArrayOf, Struct
from doorsync.hub.esws.wsdl import ARRAYS, ARRAYS_QUERY, wsdl

ADDRESS = "https://hub.example.com/webservicesesws"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
W = "{http://schemas.xmlsoap.org/wsdl/}"
GROUPS = ArrayOf(Struct("getGroupsObject", {"GroupId": STRING, "GroupName": STRING}))
WITH_GROUPS = {
    **OPERATIONS,
    "Esws.getGroups": replace(OPERATIONS["Esws.getTotalSyncToken"], name="Esws.getGroups", returns=GROUPS),
    "Esws.getGroups2": replace(OPERATIONS["Esws.getTotalSyncToken"], name="Esws.getGroups2", returns=GROUPS),
}


class NoTransport(Transport):
    """Whatever is to be fetched from anywhere but the service itself is an error."""

    def load(self, url: str) -> bytes:
        assert url == f"{ADDRESS}?{ARRAYS_QUERY}"
        return ARRAYS


def loaded(text: bytes) -> Any:
    client: Any = zeep.Client
    transport: Any = NoTransport
    return client(io.BytesIO(text), transport=transport())


@pytest.mark.parametrize("literal", [False, True])
def test_wsdl_is_understood_without_fetching_anything_from_elsewhere(literal: bool) -> None:
    client = loaded(wsdl(OPERATIONS, ADDRESS, literal=literal))
    (port,) = client.wsdl.services["Esws"].ports.values()

    assert port.binding_options["address"] == ADDRESS
    assert list(port.binding.all()) == list(OPERATIONS)
    assert port.binding.get("Esws.getTotalSyncToken").soapaction == "uen:esws#Esws.getTotalSyncToken"
    assert port.binding.get("Esws.getTotalSyncToken").input.signature() == (
        "p_companyID: xsd:string, p_adminUsername: xsd:string, p_adminPassword: xsd:string"
    )


@pytest.mark.parametrize("literal", [False, True])
def test_wsdl_names_the_parts_of_the_original(literal: bool) -> None:
    root = ElementTree.fromstring(wsdl(OPERATIONS, ADDRESS, literal=literal))

    assert root.get("targetNamespace") == "uen:esws"
    assert [root.find(f"{W}{part}").get("name") for part in ("portType", "binding", "service")] == [  # type: ignore[union-attr]
        "EswsPortType",
        "EswsBinding",
        "Esws",
    ]
    assert root.find(f".//{W}port").get("name") == "EswsPort"  # type: ignore[union-attr]


def test_wsdl_declares_no_types_where_it_needs_none() -> None:
    token = {name: each for name, each in OPERATIONS.items() if name == "Esws.getTotalSyncToken"}

    assert ElementTree.fromstring(wsdl(token, ADDRESS)).find(f"{W}types") is None


def test_wsdl_says_encoded_and_its_twin_says_literal() -> None:
    encoded, literal = (
        [body.attrib for body in ElementTree.fromstring(wsdl(OPERATIONS, ADDRESS, literal=twin)).iter(f"{SOAP}body")]
        for twin in (False, True)
    )

    style = {"encodingStyle": "http://schemas.xmlsoap.org/soap/encoding/"}
    assert encoded == [{"use": "encoded", "namespace": "uen:esws", **style}] * 2 * len(OPERATIONS)
    assert literal == [{"use": "literal", "namespace": "uen:esws"}] * 2 * len(OPERATIONS)


def test_wsdl_escapes_the_address() -> None:
    root = ElementTree.fromstring(wsdl(OPERATIONS, 'https://x/?a&b"<'))

    assert root.find(f".//{SOAP}address").get("location") == 'https://x/?a&b"<'  # type: ignore[union-attr]


def test_wsdl_declares_an_array_of_structs_once() -> None:
    text = wsdl({name: each for name, each in WITH_GROUPS.items() if "getGroups" in name}, ADDRESS)
    root = ElementTree.fromstring(text)

    names = [each.get("name") for each in root.iter("{http://www.w3.org/2001/XMLSchema}complexType")]
    assert names == ["getGroupsObject", "getGroupsObjectArray"]
    assert b'wsdl:arrayType="tns:getGroupsObject[]"' in text
    parts = {part.get("type") for part in root.iter(f"{W}part")}
    assert parts == {"xsd:string", "tns:getGroupsObjectArray"}


def test_wsdl_with_an_array_is_understood_without_fetching_anything() -> None:
    client = loaded(wsdl(WITH_GROUPS, ADDRESS))

    assert client.get_type("{uen:esws}getGroupsObjectArray")._array_type.array_type.name == "getGroupsObject"


def test_wsdl_literal_with_an_array_is_understood_without_fetching_anything() -> None:
    client = loaded(wsdl(WITH_GROUPS, ADDRESS, literal=True))

    assert client.get_type("{uen:esws}getGroupsObjectArray").signature() == (
        "{uen:esws}getGroupsObjectArray(item: {uen:esws}getGroupsObject[])"
    )
