from __future__ import annotations

import re

import pytest

from tests.contracts.esws.recorded import RECORDED, Recorded, Values
from tests.factories import soap, world
from tests.factories.live import LiveHub

# What Latin-1 can say; the euro sign is sent as a reference where an encoding lacks it.
VALUES: Values = ("<&>\"ö€';+#^]]>ABCDEFGHIJKLMNOPQR", 'j"ö<r&g>€', "p<&>\"ö€ '")


@pytest.mark.requirement(
    "S-01", mutation="no place for foreign names; no base64; no SOAPAction; no second reading; SOAP 1.1 only"
)
@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_request_gets_a_token(hub: LiveHub, name: str) -> None:
    code, username, password = VALUES
    world.administrator(world.company(code=code), username=username, password=password)
    recorded: Recorded = RECORDED[name]
    got = soap.raw(hub.url, recorded.request(VALUES, soap.PATH))

    assert (got.status, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert re.fullmatch("[0-9a-f]{128}", got.result)
    assert soap.without_token(got.body) == soap.without_token(soap.SAMPLE_RESPONSE)
