"""Bodies that are no XML, and encodings that contradict each other: each is read rightly, or refused for what it is."""

from __future__ import annotations

import gzip
import json

import pytest

from doorsync.hub.esws import errors
from doorsync.hub.esws.codec import possible_calls
from doorsync.hub.esws.operations import OPERATIONS
from tests.factories import soap

PASSWORD = "café au lait 1"
CALL = soap.call(soap.parameters(p_adminPassword=PASSWORD))
MULTIPART = f"--B\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <root>\r\n\r\n{CALL}\r\n--B--\r\n".encode()


def declared(encoding: str, text: str = CALL) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


def fault(body: bytes, content_type: str) -> str:
    with pytest.raises(errors.Fault) as refused:
        list(possible_calls(body, content_type, "", OPERATIONS))
    assert PASSWORD not in refused.value.message
    return refused.value.message


@pytest.mark.requirement("S-02", mutation="the header's encoding counts whatever the bytes are")
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (declared("ISO-8859-1").encode("latin-1"), "text/xml; charset=utf-8"),
        (declared("windows-1252").encode("cp1252"), "text/xml;charset='UTF-8'"),
        (declared("ISO-8859-1").encode("latin-1"), "text/xml; charset=us-ascii"),
        (declared("UTF-8").encode(), "text/xml; charset=ISO-8859-1"),
        (declared("ISO-8859-1").encode("utf-8-sig"), "text/xml"),
        (declared("utf-8").encode("utf-16-le"), "text/xml; charset=UTF-8"),
        (("\r\n" + declared("utf-16")).encode("utf-16-be"), "text/xml"),
        (("\n " + declared("utf-8")).encode(), 'TEXT/XML; CHARSET="Utf-8"'),
        (CALL.encode(), "application/x-www-form-urlencoded"),
        (CALL.encode(), "application/json"),
        (CALL.encode(), "multipart/related; boundary=B"),
    ],
)
def test_calls_under_contradicting_words_are_read_as_the_bytes_say(body: bytes, content_type: str) -> None:
    call = next(iter(possible_calls(body, content_type, "", OPERATIONS)))
    assert call.arguments["password"] == PASSWORD


@pytest.mark.requirement("S-03", mutation="Malformed for everything that is no XML")
@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (MULTIPART, 'multipart/related; type="text/xml"; boundary=B', "attachments"),
        (MULTIPART, "text/xml", "attachments"),
        (b"\r\n" + MULTIPART, 'multipart/related; type="application/xop+xml"; boundary=B', "attachments"),
        (b"This is a MIME message\r\n" + MULTIPART, "multipart/related; boundary=B", "attachments"),
        (json.dumps({"p_companyID": "x"}).encode(), "application/json", "JSON"),
        (b' [{"a": 1}]', "text/xml", "JSON"),
        (b"p_companyID=x&p_adminPassword=caf%C3%A9", "application/x-www-form-urlencoded", "form"),
        (gzip.compress(CALL.encode()), "text/xml; charset=utf-8", "without Content-Encoding"),
        (b"", "text/xml", "empty"),
        (b"\xef\xbb\xbf \r\n", "text/xml", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in to this network</body></html>", "text/html", "HTML"),
        (b"\n<HTML><br></HTML>", "text/xml", "HTML"),
        (b"hello", "text/plain", "does not begin with a tag"),
        (declared("windows-1250").encode("cp1250"), "text/xml", "It says that it is in windows-1250."),
        (CALL.encode("utf-32"), "text/xml", "It is in UTF-32."),
        (CALL.encode(), "text/xml; charset=<script>", "It says that it is in ?script?."),
        (CALL.encode("latin-1"), "text/xml", "cannot be UTF-8"),
        (declared("utf-8").encode("latin-1"), "text/xml; charset=utf-8", "cannot be UTF-8"),
        (declared("utf-8", declared("utf-8")).encode(), "text/xml", "second XML declaration"),
        (CALL.replace("café", "A & B").encode(), "text/xml", "& must be written &amp;"),
    ],
)
def test_faults_say_what_came_and_what_is_wanted(body: bytes, content_type: str, said: str) -> None:
    message = fault(body, content_type)
    assert said in message
    assert said.startswith("&") or "well-formed" not in message


def test_faults_of_xml_say_where() -> None:
    assert "See line 2, column " in fault(b"<a>\n<b></a>", "text/xml")


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("", 1),
        ("<?xml version='1.0'?>", 1),
        ("<?xml version='1.0'?>\n", 2),
        ("<?xml version='1.0'\n encoding='utf-8'?>\r\n", 3),
        ("\n\n<?xml version='1.0'?>\n", 4),
        ("\ufeff\n", 2),
    ],
)
def test_lines_are_those_of_the_message(before: str, line: int) -> None:
    assert f"See line {line}, column " in fault(f"{before}<a><b></a>".encode(), "text/xml")
    assert f"U+000B (vertical tab) in line {line}." in fault(f"{before}<a>\x0b</a>".encode(), "text/xml")
