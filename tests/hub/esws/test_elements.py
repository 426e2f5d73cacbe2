from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from doorsync.hub.esws.elements import attribute, escaped, local_name, text_of
from doorsync.hub.esws.errors import Attachments, WrongValue

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
LEGAL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r"))


def packed(data: bytes) -> str:
    return f'<a {XSI} xsi:type="xsd:base64Binary">{base64.b64encode(data).decode()}</a>'


def test_local_name_leaves_the_namespace_out() -> None:
    assert local_name(etree.fromstring('<x:a.b xmlns:x="urn:x.y"/>')) == "a.b"


@pytest.mark.parametrize(
    "element",
    [
        f'<a {XSI} xsi:nil="true"/>',
        f'<a {XSI} xsi:nil="1"> </a>',
        '<a xmlns:i="http://www.w3.org/1999/XMLSchema-instance" i:null="1">x</a>',
        "<a/>",
        "<a></a>",
    ],
)
def test_text_of_a_null_is_empty(element: str) -> None:
    assert text_of(etree.fromstring(element)) == ""


@pytest.mark.parametrize("element", [f'<a {XSI} xsi:nil="false"> x </a>', '<a nil="true" type="base64Binary"> x </a>'])
def test_text_of_keeps_every_space(element: str) -> None:
    assert text_of(etree.fromstring(element)) == " x "


@pytest.mark.parametrize(("data", "text"), [("pä€ß".encode(), "pä€ß"), ("pä".encode("latin-1"), "pä"), (b"", "")])
def test_text_of_unpacks_base64(data: bytes, text: str) -> None:
    assert text_of(etree.fromstring(packed(data))) == text


def test_text_of_unpacks_base64_with_line_breaks() -> None:
    assert text_of(etree.fromstring(f'<a {XSI} xsi:type="SOAP-ENC:base64">cMOk\n 4oKs\n</a>')) == "pä€"


@pytest.mark.parametrize(
    "element",
    [
        "<a>x<b/></a>",
        "<a><b>x</b></a>",
        f'<a {XSI} xsi:nil="1"><b/></a>',
        f'<a {XSI} xsi:type="x:base64Binary">###</a>',
        f'<a {XSI} xsi:type="x:base64Binary">ö</a>',
        packed(b"a\0b"),
    ],
)
def test_text_of_refuses_what_could_be_meant_otherwise(element: str) -> None:
    with pytest.raises(WrongValue):
        text_of(etree.fromstring(element))


def test_text_of_names_an_attachment_that_stands_for_a_value() -> None:
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'
    with pytest.raises(Attachments, match="Turn attachments and MTOM off"):
        text_of(etree.fromstring(f"<a>{include}</a>"))


@given(LEGAL)
def test_escaped_arrives_as_it_was(value: str) -> None:
    assert (etree.fromstring(f"<a>{escaped(value)}</a>").text or "") == value


def test_escaped_replaces_what_xml_cannot_hold() -> None:
    assert escaped("a\0b\x1bc\ud800d\ufffee") == "a?b?c?d?e"


@given(LEGAL)
def test_attribute_never_ends_early(value: str) -> None:
    assert etree.fromstring(f"<a b={attribute(value)}/>").get("b") == value
