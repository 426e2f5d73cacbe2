from __future__ import annotations

import pytest
from lxml import etree

from doorsync.hub.esws.envelope import Message, read_envelope
from doorsync.hub.esws.errors import BrokenReference, NoEnvelope, NotUnderstood, OtherVersion
from tests.factories.soap import ENVELOPE, envelope

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


def read(text: str) -> Message:
    return read_envelope(etree.fromstring(text))


def header(attributes: str, *, version: str = ENVELOPE) -> str:
    return envelope("<uen:op/>", header=f'<s:Header><x:y xmlns:x="urn:x" {attributes}/></s:Header>', version=version)


@pytest.mark.parametrize("version", [ENVELOPE, SOAP_12])
def test_message_reads_both_versions(version: str) -> None:
    found = read(envelope("<uen:Esws.op><b>1</b><c/></uen:Esws.op>", version=version))

    assert (found.name, found.namespace, [child.tag for child in found.children]) == ("Esws.op", "uen:esws", ["b", "c"])


@pytest.mark.parametrize("version", ["", "urn:soap", ENVELOPE.upper()])
def test_message_refuses_other_versions(version: str) -> None:
    with pytest.raises(OtherVersion):
        read(f'<Envelope xmlns="{version}"><Body><a/></Body></Envelope>')


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        f'<s:Envelope xmlns:s="{ENVELOPE}"/>',
        f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body/></s:Envelope>',
        f'<s:Envelope xmlns:s="{ENVELOPE}"><Body><a/></Body></s:Envelope>',
        f'<s:Body xmlns:s="{ENVELOPE}"><a/></s:Body>',
    ],
)
def test_message_refuses_what_holds_no_call(text: str) -> None:
    with pytest.raises(NoEnvelope):
        read(text)


@pytest.mark.parametrize(
    "attributes",
    [
        's:mustUnderstand="1"',
        's:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"',
        's:mustUnderstand=" 1 "',
    ],
)
def test_message_refuses_headers_that_must_be_understood(attributes: str) -> None:
    with pytest.raises(NotUnderstood):
        read(header(attributes))


def test_message_refuses_headers_that_must_be_understood_in_soap_12() -> None:
    with pytest.raises(NotUnderstood):
        read(header('s:mustUnderstand="true"', version=SOAP_12))


@pytest.mark.parametrize(
    "attributes", ["", 's:mustUnderstand="0"', 'mustUnderstand="1"', 's:mustUnderstand="1" s:actor="urn:other"']
)
def test_message_ignores_other_headers(attributes: str) -> None:
    assert read(header(attributes)).name == "op"


def test_message_follows_a_reference_inside_the_body() -> None:
    found = read(envelope('<uen:op><b href="#x1"/></uen:op><multiRef id="x1">value</multiRef>'))

    assert [child.text for child in found.children] == ["value"]


def test_message_names_the_header_that_must_be_understood() -> None:
    with pytest.raises(NotUnderstood, match=r"It is y[.] Turn WS-Security, WS-Addressing"):
        read(header('s:mustUnderstand="1"'))


def test_message_passes_over_what_says_that_it_is_not_the_root() -> None:
    before = '<multiRef xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" id="x1" e:root="0">value</multiRef>'

    assert read(envelope(f'{before}<uen:op><b href="#x1"/></uen:op>')).name == "op"


@pytest.mark.parametrize("target", ['id="x2"', 'id="x1" href="#x1"', 'id="x1" href="#x3"', ""])
def test_message_follows_a_reference_only_once_and_only_here(target: str) -> None:
    with pytest.raises(BrokenReference):
        read(envelope(f'<uen:op><b href="#x1"/></uen:op><multiRef {target}>value</multiRef>'))


def test_message_never_follows_an_address() -> None:
    with pytest.raises(BrokenReference):
        read(envelope('<uen:op><b href="http://127.0.0.1:1/"/></uen:op>'))
