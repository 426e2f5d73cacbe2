from __future__ import annotations

from contextlib import suppress
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.hub.esws import codec, errors
from doorsync.hub.esws.operations import OPERATIONS
from tests.factories import soap
from tests.factories.world import SAMPLE_CODE

TOKEN = "e4d8503e" * 16
LEGAL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r<>&\"'ö€]")
)
PLAIN = {"code": SAMPLE_CODE, "username": "username", "password": "passwrod"}


def read(body: bytes, content_type: str = "text/xml; charset=utf-8", action: str = "") -> codec.Call:
    return next(codec.possible_calls(body, content_type, action, OPERATIONS))


def pieces(value: str, breaks: list[tuple[int, str]]) -> str:
    """The value as element content, cut at some places by comments, instructions and CDATA sections."""
    places = sorted(place % (len(value) + 1) for place, _ in breaks)
    parts = [value[start:end] for start, end in zip([0, *places], [*places, len(value)], strict=True)]
    return soap.text(parts[0]) + "".join(piece(part, kind) for part, (_, kind) in zip(parts[1:], breaks, strict=True))


def piece(part: str, kind: str) -> str:
    if kind != "CDATA":
        return f"<{kind}>{soap.text(part)}"
    return soap.text(part) if "]]>" in part or "\r" in part else f"<![CDATA[{part}]]>"


def test_calls_read_the_sample() -> None:
    call = read(soap.SAMPLE)

    assert (call.operation.name, call.namespace, call.arguments) == ("Esws.getTotalSyncToken", "uen:esws", PLAIN)


@given(LEGAL, LEGAL)
def test_calls_bring_any_legal_text_unharmed(username: str, password: str) -> None:
    body = soap.written(p_adminUsername=username, p_adminPassword=password)

    assert read(body).arguments == {**PLAIN, "username": username, "password": password}


@given(
    LEGAL, st.lists(st.tuples(st.integers(0, 1000), st.sampled_from(["CDATA", "!-- > & --", "?pi <x?"])), min_size=1, max_size=5)
)
def test_calls_bring_values_cut_by_comments_instructions_and_cdata_unharmed(password: str, breaks: list[tuple[int, str]]) -> None:
    cut = soap.parameters(p_adminPassword="PASSWORD").replace("PASSWORD", pieces(password, breaks))

    assert read(soap.call(cut).encode()).arguments["password"] == password


@given(LEGAL, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))
def test_calls_bring_any_legal_text_unharmed_in_each_unicode_encoding(password: str, encoding: str) -> None:
    assert read(soap.written(p_adminPassword=password).decode().encode(encoding), "text/xml").arguments["password"] == password


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])))
def test_calls_bring_any_latin_1_text_unharmed(password: str) -> None:
    body = soap.written(p_adminPassword=password).decode().encode("latin-1")

    readings = [call.arguments["password"] for call in codec.possible_calls(body, "text/xml; charset=ISO-8859-1", "", OPERATIONS)]
    assert readings[-1] == password
    assert len(readings) <= 2


@given(st.binary(max_size=300), st.sampled_from(["", "text/xml", "text/xml; charset=utf-16", "text/xml; charset=latin1"]))
def test_calls_refuse_any_bytes_with_a_fault(body: bytes, content_type: str) -> None:
    with pytest.raises(errors.Fault):
        read(body, content_type)


@given(st.data())
def test_calls_of_a_damaged_sample_are_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(soap.SAMPLE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with suppress(errors.Fault):  # any other error fails the test
        read(bytes(damaged))


def test_calls_hide_their_arguments_from_logs() -> None:
    assert "passwrod" not in repr(read(soap.SAMPLE))


def test_calls_refuse_an_unknown_operation() -> None:
    with pytest.raises(errors.NoSuchOperation):
        read(soap.call("", "Esws.nope").encode())


def test_response_to_the_sample_is_the_sample_response() -> None:
    body = codec.response(read(soap.SAMPLE), TOKEN)

    assert soap.without_token(body) == soap.without_token(soap.SAMPLE_RESPONSE)
    assert soap.result(body) == TOKEN


def test_response_has_the_bytes_of_the_original_but_for_line_breaks() -> None:
    token = soap.result(soap.SAMPLE_RESPONSE)
    declaration, _, rest = codec.response(read(soap.SAMPLE), token).partition(b"?>")

    assert declaration == b'<?xml version="1.0" encoding="UTF-8"'
    assert rest == soap.SAMPLE_RESPONSE.replace(b"\n", b"")


@pytest.mark.parametrize(
    ("given", "repeated"), [('xmlns="urn:x?a=1&amp;b=2"', "urn:x?a=1&b=2"), ("", "uen:esws"), ('xmlns=""', "uen:esws")]
)
def test_response_repeats_the_namespace_of_the_request(given: str, repeated: str) -> None:
    call = read(soap.envelope(f"<Esws.getTotalSyncToken {given}/>").encode())

    assert f"{{{repeated}}}Esws.getTotalSyncTokenResponse" in [
        element.tag for element in ElementTree.fromstring(codec.response(call, "x")).iter()
    ]


@given(LEGAL)
def test_response_is_ascii_and_brings_any_legal_text_unharmed(value: str) -> None:
    body = codec.response(read(soap.SAMPLE), value)

    assert body.isascii()
    assert soap.result(body) == value


@pytest.mark.parametrize("kind", errors.Fault.__subclasses__())
def test_fault_is_soap_11_for_every_kind(kind: type[errors.Fault]) -> None:
    body = codec.fault(kind())

    assert soap.fault(body) == kind.code
    assert body.isascii()
    assert 15 < len(str(kind.__doc__)) < 90
    assert kind().message.startswith(str(kind.__doc__))
