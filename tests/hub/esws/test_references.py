from __future__ import annotations

import pytest
from lxml import etree

from doorsync.hub.esws.documents import Element
from doorsync.hub.esws.errors import Attachments, BrokenReference, TooComplex
from doorsync.hub.esws.info_fields import INFO_FIELDS
from doorsync.hub.esws.references import follow_references

SPACES = 'xmlns:e="http://www.w3.org/2003/05/soap-encoding" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def followed(text: str) -> Element:
    """The first element of the body, once all references were followed."""
    body = etree.fromstring(f"<body {SPACES}>{text}</body>")
    follow_references(body)
    return body[0]


@pytest.mark.parametrize(
    "text",
    [
        '<op><a href="#1"/><b href="#1"/></op><multiRef id="1">x</multiRef>',
        '<op><a id="1">x</a><b href="#1"/></op>',
        '<op><a href="#1"/><b id="1">x</b></op>',
        '<op><a e:id="1">x</a><b e:ref="1"/></op>',
        '<op><a e:id="1">x</a><b e:ref="#1"/></op>',
        '<op><a href="#1">other</a><b>x</b></op><multiRef id="1">x</multiRef>',
    ],
)
@pytest.mark.requirement("S-01", mutation="only children of the body are found by their ids")
def test_references_are_followed_to_wherever_the_element_stands(text: str) -> None:
    assert [(child.tag, child.text) for child in followed(text)] == [("a", "x"), ("b", "x")]


MAP_OF_JAVA = (
    '<op><p href="#m"/></op><multiRef id="m"><item><key>info1</key><value href="#v"/></item>'
    '<item><key>info2</key><value xsi:nil="true"/></item></multiRef><multiRef id="v" xsi:type="xsd:int">42</multiRef>'
)
STRUCT_OF_DOTNET = '<op><p href="#id1"/></op><q id="id1" xsi:type="q:infoFields"><info1 href="#id2"/></q><s id="id2">42</s>'
PAIRS_BY_REFERENCE = (
    '<op><p href="#a"/></op><multiRef id="a"><item href="#i"/></multiRef>'
    '<multiRef id="i"><key>info1</key><value href="#v"/></multiRef><multiRef id="v">42</multiRef>'
)


@pytest.mark.parametrize("text", [MAP_OF_JAVA, STRUCT_OF_DOTNET, PAIRS_BY_REFERENCE])
@pytest.mark.requirement("D-01", mutation="references inside structs and maps are not followed, and read as empty")
def test_info_fields_behind_references_are_not_taken_for_empty(text: str) -> None:
    assert INFO_FIELDS.read(followed(text)[0]) == {"info1": "42"}


def test_a_value_keeps_its_type_and_its_null_behind_a_reference() -> None:
    found = followed('<op><a href="#1"/></op><m id="1" xsi:type="xsd:base64Binary">eA==</m>')[0]

    assert (found.text, found.get("{http://www.w3.org/2001/XMLSchema-instance}type"), len(found.attrib)) == (
        "eA==",
        "xsd:base64Binary",
        1,
    )


@pytest.mark.parametrize(
    "text",
    [
        '<op><a href="#no"/></op>',
        '<op><a href="1"/></op><m id="1">x</m>',
        '<op><a href="#1"/></op><m id="1">x</m><m id="1">y</m>',
        '<op><a href="#1"/></op><m id="1" href="#2"/><m id="2">x</m>',
        '<op id="1"><a href="#1"/></op>',
        '<op><a href=""/></op>',
        '<op><a href="#1"/></op><m id="1"><i href="#2"/></m><m id="2"><i href="#1"/></m>',
    ],
)
def test_references_that_lead_nowhere_are_refused(text: str) -> None:
    with pytest.raises(BrokenReference):
        followed(text)


def test_a_reference_to_an_attachment_is_called_so() -> None:
    with pytest.raises(Attachments):
        followed('<op><a href="cid:picture@example.com"/></op>')


def test_references_never_let_a_message_grow_without_end() -> None:
    nested = "".join(f'<m id="{n}">' + f'<i href="#{n + 1}"/>' * 9 + "</m>" for n in range(9))
    with pytest.raises(TooComplex):
        followed(f'<op><a href="#0"/></op>{nested}<m id="9">x</m>')
    with pytest.raises(TooComplex):
        followed("<op>" + '<a href="#1"/>' * 20 + f'</op><m id="1">{"x" * 60_000}</m>')
    assert len(followed("<op>" + '<a href="#1"/>' * 1_000 + '</op><m id="1">x</m>')) == 1_000
