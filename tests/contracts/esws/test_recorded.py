from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.contracts.esws.recorded import RECORDED, Recorded, Values
from tests.factories import soap, world
from tests.factories.live import LiveHub

# What Latin-1 can say; the euro sign is sent as a reference where an encoding lacks it.
VALUES: Values = ("<&>\"ö€';+#^]]>ABCDEFGHIJKLMNOPQR", 'j"ö<r&g>€', "p<&>\"ö€ '")


def sent(url: str, request: bytes) -> bytes:
    """What comes back until the server closes."""
    host, _, port = urlsplit(url).netloc.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.requirement(
    "S-01", mutation="no place for foreign names; no base64; no SOAPAction; no second reading; SOAP 1.1 only"
)
@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_request_gets_a_token(hub: LiveHub, name: str) -> None:
    code, username, password = VALUES
    world.administrator(world.company(code=code), username=username, password=password)
    recorded: Recorded = RECORDED[name]
    head, _, body = sent(hub.url, recorded.request(VALUES, soap.PATH)).partition(b"\r\n\r\n")

    assert head.split()[1] == b"200", body
    assert b"content-type: text/xml; charset=utf-8" in head.lower()
    assert re.fullmatch("[0-9a-f]{128}", soap.result(body))
    assert f'xmlns:SOAP-ENV="{soap.ENVELOPE}"'.encode() in body
    assert b'Esws.getTotalSyncTokenResponse xmlns:ns1="uen:esws"' in body
