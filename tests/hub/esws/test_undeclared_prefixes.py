from __future__ import annotations

import pytest

from doorsync.hub.esws.documents import document
from doorsync.hub.esws.elements import is_null
from doorsync.hub.esws.envelope import read_envelope
from doorsync.hub.esws.errors import Fault, Malformed
from doorsync.hub.esws.undeclared_prefixes import undeclared_prefixes, with_declarations
from tests.factories.soap import ENVELOPE

CALL = '<uen:Esws.try SOAP-ENV:encodingStyle="e"><a xsi:type="xsd:string">1</a><b xsi:nil="1"/></uen:Esws.try>'
BODY = f"<soapenv:Body>{CALL}</soapenv:Body>"
DECLARED = f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}">{BODY}</soapenv:Envelope>'
BARE = f"<soapenv:Envelope>{BODY}</soapenv:Envelope>"


@pytest.mark.parametrize("text", [DECLARED, BARE, f"<!-- <x> -->\n<?p i?> {DECLARED}", BARE.replace("uen:", "ns1:")])
@pytest.mark.requirement("S-01", mutation="a message that declares no xsi called malformed, as the original never does")
def test_prefixes_that_nobody_declared_have_their_usual_meaning(text: str) -> None:
    call = read_envelope(document(text))

    assert (call.name, call.namespace) == ("Esws.try", "uen:esws")
    assert [is_null(each) for each in call.children] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        DECLARED.replace("</a>", "</c>"),
        DECLARED.replace(">1<", "> & <"),
        "<!DOCTYPE x []>" + BARE,
        BARE.replace("uen:", "mine:"),
        '<a:E xsi:type="x" xsi:type="y"/>',
    ],
)
def test_messages_with_more_than_that_are_refused(text: str) -> None:
    with pytest.raises(Fault):
        document(text)


def test_a_prefix_of_another_kind_of_error_is_none() -> None:
    assert undeclared_prefixes(["Opening and ending tag mismatch: b line 1 and c"]) == set()
    assert with_declarations("no element", {"xsi"}) is None
    assert with_declarations("<a/>", set()) is None


def test_the_fault_still_says_where() -> None:
    with pytest.raises(Malformed, match="See line 2"):
        document(f"<a>\n{BODY}")
