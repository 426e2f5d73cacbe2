from __future__ import annotations

import pytest
from lxml import etree

from doorsync.hub.esws.errors import Fault, GivenTwice, UnknownInfoField
from doorsync.hub.esws.info_fields import INFO_FIELDS

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
MAP = (
    f'<p {XSI} xmlns:m="http://xml.apache.org/xml-soap" xsi:type="m:Map"><item><key xsi:type="xsd:string">info1</key>'
    '<value xsi:type="xsd:string">blue</value></item><item><key>info14</key><value/></item></p>'
)
STRUCT = "<p><info1>blue</info1><info14/></p>"


def mapped(**said: str) -> str:
    """An associative array of PHP as an item of another one."""
    entries = "".join(f"<item><key>{key}</key><value>{value}</value></item>" for key, value in said.items())
    return f"<item>{entries}</item>"


def read(text: str) -> dict[str, str]:
    return INFO_FIELDS.read(etree.fromstring(text))


@pytest.mark.parametrize(
    "text",
    [
        MAP,
        STRUCT,
        '<p xmlns:u="uen:esws"><u:INFO1>blue</u:INFO1><u:info14></u:info14></p>',
        "<p><item><key>info1</key><value>blue</value></item><item><value></value><key>info14</key></item></p>",
        "<p><item><name>info1</name><value>blue</value></item><item><name>info14</name><value/></item></p>",
        "<p><item><item>info1</item><item>blue</item></item><item><item>info14</item><item/></item></p>",
        "<p><arr><k>info1</k><v>blue</v></arr><info14/><other/></p>",
        f'<p {XSI}><info1>blue</info1><info2 xsi:nil="true"/><info14/></p>',
        f"<a>{MAP}</a>",
        "<p><item><info1>blue</info1></item><item><info14/></item></p>",
        "<p><item><info1>blue</info1><info14/></item></p>",
        f"<p>{mapped(key='info1', value='blue')}{mapped(name='INFO14', value='')}</p>",
        f"<p>{mapped(key='info1', value='blue')}{mapped(info14='')}{mapped(key='info2')}</p>",
    ],
)
def test_info_fields_are_read_from_a_map_a_struct_or_pairs(text: str) -> None:
    assert read(text) == {"info1": "blue", "info14": ""}


def test_info_fields_that_are_not_there_say_nothing() -> None:
    assert INFO_FIELDS.read(None) == read("<p/>") == read("<p> </p>") == read(f'<p {XSI} xsi:nil="true"/>') == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<p><info15>x</info15></p>", UnknownInfoField),
        ("<p>Array</p>", UnknownInfoField),
        ("<p>info1=blue<info2>x</info2></p>", UnknownInfoField),
        ("<p><item>blue</item></p>", UnknownInfoField),
        ("<p><item><key>locker</key><value>blue</value></item></p>", UnknownInfoField),
        ("<p><item><a>1</a><b>2</b><c>3</c></item></p>", UnknownInfoField),
        ("<p><info1>a</info1><info1>b</info1></p>", GivenTwice),
        ("<p><item><info1>a</info1></item><item><info1>b</info1></item></p>", GivenTwice),
        ("<p><item><info1>a</info1><info1>b</info1></item></p>", GivenTwice),
        ("<p><item><item><info1>a</info1></item></item></p>", UnknownInfoField),
        ("<p><item><info1>a</info1>b</item></p>", UnknownInfoField),
    ],
)
def test_info_fields_refuse_what_they_are_not(text: str, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        read(text)
