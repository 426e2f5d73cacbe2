"""Writes SOAP messages as programs do, and reads the answers with a parser that the service does not use."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.factories.patience import PATIENCE
from tests.factories.world import SAMPLE_CODE

GOLDEN = Path(__file__).parent.parent / "golden"
SAMPLE = (GOLDEN / "getTotalSyncToken.request.xml").read_bytes()
SAMPLE_RESPONSE = (GOLDEN / "getTotalSyncToken.response.xml").read_bytes()
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
PATH = "/webservicesesws"
XML = {"Content-Type": "text/xml; charset=utf-8"}
GIVEN = {"p_companyID": SAMPLE_CODE, "p_adminUsername": "username", "p_adminPassword": "passwrod"}


def text(value: str) -> str:
    """A value as element content, unharmed whatever it is: XML parsers make a bare carriage return a line feed."""
    return escape(value, {"\r": "&#13;"})


def envelope(body: str, *, header: str = "", version: str = ENVELOPE) -> str:
    return (
        f'<s:Envelope xmlns:s="{version}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:uen="uen:esws">{header}<s:Body>{body}</s:Body></s:Envelope>'
    )


def call(parameters: str, operation: str = "Esws.getTotalSyncToken") -> str:
    return envelope(f"<uen:{operation}>{parameters}</uen:{operation}>")


def parameters(**changed: str | None) -> str:
    """The three parameters of the sample; None leaves one out."""
    given = {**GIVEN, **changed}
    return "".join(f"<{name}>{text(value)}</{name}>" for name, value in given.items() if value is not None)


def written(**changed: str | None) -> bytes:
    """A whole message with the sample's values, but for the changed ones."""
    return call(parameters(**changed)).encode()


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def result(self) -> str:
        return result(self.body)

    @property
    def fault(self) -> str:
        assert self.status == 500, self.body
        return fault(self.body)


def post(url: str, body: bytes, headers: Mapping[str, str] = XML, *, path: str = PATH) -> Answer:
    return fetch(url, path, method="POST", body=body, headers=headers)


def fetch(
    url: str, path: str, *, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def connected(url: str) -> socket.socket:
    """A connection for what no HTTP client would send."""
    host, _, port = urlsplit(url).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def raw(url: str, request: bytes) -> Answer:
    """What comes back until the server closes the connection."""
    with connected(url) as connection:
        connection.sendall(request)
        return answered(b"".join(iter(lambda: connection.recv(65536), b"")))


def answered(text: bytes) -> Answer:
    """An answer from what came over the wire."""
    head, _, body = text.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split()[1]), headers, body)


def result(body: bytes) -> str:
    """The return string of an answer."""
    content = ElementTree.fromstring(body).find(f"{{{ENVELOPE}}}Body")
    assert content is not None
    returned = content[0].find("return")
    assert returned is not None, body
    return returned.text or ""


def fault(body: bytes) -> str:
    """The faultcode of an answer, without its prefix: which must stand for the envelope's namespace."""
    content = ElementTree.fromstring(body).find(f"{{{ENVELOPE}}}Body")
    assert content is not None
    assert content[0].tag == f"{{{ENVELOPE}}}Fault", body
    assert [child.tag for child in content[0]] == ["faultcode", "faultstring"]
    prefix, _, code = (content[0][0].text or "").partition(":")
    assert f'xmlns:{prefix}="{ENVELOPE}"'.encode() in body
    return code


def without_token(body: bytes) -> str:
    """Canonical XML with the result's value and the line breaks between elements left out."""
    root = ElementTree.fromstring(body)
    for element in root.iter("return"):
        element.text = "TOKEN"
    return ElementTree.canonicalize(ElementTree.tostring(root), strip_text=True)
