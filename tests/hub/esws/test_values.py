from __future__ import annotations

from xml.etree import ElementTree

import pytest
from lxml import etree

from doorsync.hub.esws.errors import WrongValue
from doorsync.hub.esws.namespaces import ENCODING, XSI
from doorsync.hub.esws.values import INTEGER, STRING, ArrayOf, Struct

GROUP = Struct("getGroupsObject", {"GroupId": STRING, "GroupName": STRING})
GROUPS = ArrayOf(GROUP)
AROUND = (
    '<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/">{}</r>'
)
TYPE = f"{{{XSI}}}type"


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(AROUND.format(text))[0]


@pytest.mark.parametrize("text", ["", "x", " ", "0", "1 < 2 & 3", "ö€😀"])
def test_string_reads_what_it_wrote(text: str) -> None:
    written = etree.fromstring(AROUND.format(STRING.write("return", text)))[0]

    assert STRING.read(written) == text
    assert written.get(TYPE) == "xsd:string"


def test_string_that_is_missing_is_empty() -> None:
    assert STRING.read(None) == ""


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" -7\n", -7), ("+0", 0), ("", None), (" ", None)])
def test_integer_reads_numbers_given_as_text(text: str, number: int | None) -> None:
    assert INTEGER.read(etree.fromstring(f"<a>{text}</a>")) == number
    assert INTEGER.read(None) is None


@pytest.mark.parametrize("text", ["x", "1.5", "1e3", "1_000", "٣", "0x10", "9" * 19, "- 1"])
def test_integer_refuses_other_text(text: str) -> None:
    with pytest.raises(WrongValue):
        INTEGER.read(etree.fromstring(f"<a>{text}</a>"))


def test_integer_writes_its_type() -> None:
    assert parsed(INTEGER.write("scanID", 12)).get(TYPE) == "xsd:int"


def test_array_of_structs_is_written_as_the_pages_show() -> None:
    written = parsed(GROUPS.write("return", [{"GroupId": "1", "GroupName": "A & B"}, {"GroupId": "2", "GroupName": "ö"}]))

    assert written.tag == "return"
    assert written.get(TYPE) == "SOAP-ENC:Array"
    assert written.get(f"{{{ENCODING}}}arrayType") == "tns:getGroupsObject[2]"
    assert [(item.tag, item.get(TYPE)) for item in written] == [("item", "tns:getGroupsObject")] * 2
    assert [(field.tag, field.get(TYPE), field.text) for field in written[0]] == [
        ("GroupId", "xsd:string", "1"),
        ("GroupName", "xsd:string", "A & B"),
    ]
    assert written[1][1].text == "ö"


def test_array_of_structs_declares_the_prefix_it_uses() -> None:
    written = etree.fromstring(AROUND.format(GROUPS.write("return", [])))[0]

    assert written.nsmap["tns"] == "uen:esws"


def test_array_of_structs_reads_what_it_wrote_and_ignores_the_size_it_claims() -> None:
    groups = [{"GroupId": "1", "GroupName": "A"}, {"GroupId": "2", "GroupName": "B"}]
    written = GROUPS.write("return", groups).replace("[2]", "[999999999]")

    assert GROUPS.read(etree.fromstring(AROUND.format(written))[0]) == groups
    assert GROUPS.read(None) == []


def test_struct_reads_fields_by_name_in_any_order() -> None:
    element = etree.fromstring('<a xmlns:x="urn:x"><x:GroupName>B</x:GroupName><other/></a>')

    assert GROUP.read(element) == {"GroupId": "", "GroupName": "B"}


def test_problem_stands_in_the_first_field_of_an_array() -> None:
    assert GROUPS.problem("NO_ID_RECEIVED") == [{"GroupId": "NO_ID_RECEIVED"}]
    assert STRING.problem("NO_ID_RECEIVED") == "NO_ID_RECEIVED"
    with pytest.raises(TypeError, match="NO_ID_RECEIVED"):
        INTEGER.problem("NO_ID_RECEIVED")
