from __future__ import annotations

import gzip
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from doorsync.hub.esws.application import Application
from doorsync.hub.settings.config import config
from tests.factories import live, soap

NO_CODE = "ERROR_NO_SECURITY_HASH"
EMPTY = soap.call("").encode()  # a call that is answered without a look into the database
LENGTH = f"Content-Length: {len(EMPTY)}\r\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The service alone, for calls that need no database."""
    with live.running(Application()) as hub:
        yield hub.url
    assert not hub.errors


def opening(headers: str, version: str = "1.1") -> bytes:
    return f"POST {soap.PATH} HTTP/{version}\r\n{headers}\r\n".encode()


@pytest.mark.parametrize("path", ["", "/", "?wsdl", "/?wsdl", "?WSDL=1&x=%zz"])
def test_a_call_is_answered_wherever_the_address_leads(url: str, path: str) -> None:
    assert soap.post(url, EMPTY, path=soap.PATH + path).result == NO_CODE


def test_the_schema_of_arrays_is_here(url: str) -> None:
    got = soap.fetch(url, f"{soap.PATH}?wsdl=arrays")

    root = ElementTree.fromstring(got.body)
    assert root.get("targetNamespace") == "http://schemas.xmlsoap.org/soap/encoding/"
    assert [each.get("name") for each in root] == ["arrayType", "Array"]


def test_an_answer_has_the_headers_that_clients_need(url: str) -> None:
    got = soap.post(url, EMPTY)

    assert got.status == 200
    assert got.headers["content-type"] == "text/xml; charset=utf-8"
    assert got.headers["content-length"] == str(len(got.body))
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in got.headers


@pytest.mark.requirement("S-01", mutation="a SOAPAction demanded; text/xml demanded")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"SOAPAction": ""},
        {"SOAPAction": '""'},
        {"SOAPAction": '"uen:esws#Esws.getTotalSyncToken"'},
        {"SOAPAction": "uen:esws#Esws.getTotalSyncToken"},
        {"SoapAction": '"urn:wrong"'},
        {"Content-Type": "application/soap+xml; charset=utf-8; action=x"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Accept-Encoding": "gzip, deflate", "TE": "trailers"},
        {"Content-Encoding": "identity"},
    ],
)
def test_headers_of_all_kinds_are_accepted(url: str, headers: dict[str, str]) -> None:
    got = soap.post(url, EMPTY, headers)

    assert got.result == NO_CODE
    assert "content-encoding" not in got.headers


def test_a_chunked_body_is_read(url: str) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (EMPTY[:7], EMPTY[7:200], EMPTY[200:]))
    got = soap.raw(url, opening("Host: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n") + chunks + b"0\r\n\r\n")

    assert got.result == NO_CODE


def test_a_caller_who_expects_a_word_before_the_body_gets_it(url: str) -> None:
    with soap.connected(url) as connection:
        connection.sendall(opening(f"Host: x\r\nConnection: close\r\nExpect: 100-continue\r\n{LENGTH}"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(EMPTY)
        assert soap.answered(b"".join(iter(lambda: connection.recv(65536), b""))).result == NO_CODE


def test_a_caller_who_expects_a_word_is_told_at_once_that_the_body_is_too_large(url: str) -> None:
    got = soap.raw(url, opening(f"Host: x\r\nExpect: 100-continue\r\nContent-Length: {3 * 1024 * 1024}\r\n"))

    assert got.fault == "Client"
    assert got.headers["connection"] == "close"


@pytest.mark.parametrize("host", ["", "Host: x\r\n"])
@pytest.mark.parametrize("connection", ["", "Connection: close\r\n", "Connection: keep-alive\r\n"])
def test_http_1_0_is_answered_and_closed(url: str, host: str, connection: str) -> None:
    got = soap.raw(url, opening(f"{host}{connection}{LENGTH}", "1.0") + EMPTY)

    assert got.result == NO_CODE
    assert got.headers["connection"] == "close"


@pytest.mark.parametrize("wish", ["close", "Close", "TE, close"])
def test_a_wish_to_close_is_answered_in_kind(url: str, wish: str) -> None:
    got = soap.raw(url, opening(f"Host: x\r\nConnection: {wish}\r\n{LENGTH}") + EMPTY)

    assert got.result == NO_CODE
    assert got.headers["connection"] == "close"


def test_a_connection_can_be_used_again(url: str) -> None:
    with soap.connected(url) as connection:
        for _ in range(3):
            connection.sendall(opening(f"Host: x\r\n{LENGTH}") + EMPTY)
            got = soap.answered(connection.recv(65536))
            assert got.result == NO_CODE
            assert "connection" not in got.headers


@pytest.mark.parametrize("size", [2 * 1024 * 1024 + 1, 5 * 1024 * 1024])
def test_a_body_over_2_mib_is_a_fault_that_its_sender_can_read(url: str, size: int) -> None:
    got = soap.post(url, EMPTY + b" " * (size - len(EMPTY)))

    assert got.fault == "Client"
    assert b"2 MiB" in got.body
    assert got.headers["connection"] == "close"


def test_a_body_of_2_mib_is_read(url: str) -> None:
    assert soap.post(url, EMPTY + b" " * (2 * 1024 * 1024 - len(EMPTY))).result == NO_CODE


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "deflate", "br", "identity, gzip"])
def test_a_compressed_body_is_a_fault(url: str, coding: str) -> None:
    assert soap.post(url, gzip.compress(EMPTY), {**soap.XML, "Content-Encoding": coding}).fault == "Client"


def test_a_caller_who_hangs_up_harms_nobody(url: str) -> None:
    with soap.connected(url) as connection:
        connection.sendall(opening(f"Host: x\r\n{LENGTH}") + EMPTY[:50])
    assert soap.post(url, EMPTY).result == NO_CODE


@pytest.mark.requirement("S-03", mutation="faults with status 200; faults as text/html")
@pytest.mark.parametrize("body", [b"", b"x", b"<a/>", b"\0\xff", EMPTY[:-5], b"<!DOCTYPE html><html/>", b'{"a": 1}'])
def test_what_is_no_call_is_a_fault_in_xml(url: str, body: bytes) -> None:
    got = soap.post(url, body)

    assert got.fault == "Client"
    assert got.headers["content-type"] == "text/xml; charset=utf-8"
    assert got.headers["content-length"] == str(len(got.body))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_not_allowed(url: str, method: str) -> None:
    got = soap.fetch(url, soap.PATH, method=method, body=EMPTY)

    assert (got.status, got.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize(
    ("query", "use"),
    [("wsdl", "encoded"), ("WSDL", "encoded"), ("wsdl=1", "encoded"), ("Wsdl=LITERAL", "literal"), ("singleWsdl", "encoded")],
)
def test_the_wsdl_names_the_configured_address_and_never_the_host(url: str, query: str, use: str) -> None:
    got = soap.fetch(url, f"{soap.PATH}?{query}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    root = ElementTree.fromstring(got.body)

    assert got.headers["content-type"] == "text/xml; charset=utf-8"
    assert {body.get("use") for body in root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}body")} == {use}
    address = root.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address is not None
    assert address.get("location") == config().origin + soap.PATH
    assert b"evil" not in got.body


def test_the_page_for_people_is_html_without_scripts(url: str) -> None:
    got = soap.fetch(url, soap.PATH)

    assert (got.status, got.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert got.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert b"getTotalSyncToken" in got.body


@pytest.mark.parametrize("query", ["", "?wsdl"])
def test_head_is_answered_without_a_body(url: str, query: str) -> None:
    got = soap.fetch(url, soap.PATH + query, method="HEAD")

    assert (got.status, got.body) == (200, b"")
    assert int(got.headers["content-length"]) > 500
