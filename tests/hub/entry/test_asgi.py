from __future__ import annotations

import pytest

from tests.factories import soap, world
from tests.factories.live import LiveHub


@pytest.mark.requirement("M-01", mutation="asgi sends every path to Django")
def test_the_hub_answers_the_sample_request(hub: LiveHub) -> None:
    administrator = world.administrator(world.company())
    got = soap.post(hub.url, soap.SAMPLE)

    assert administrator.pk
    assert soap.without_token(got.body) == soap.without_token(soap.SAMPLE_RESPONSE)
    assert len(got.result) == 128


def test_all_other_addresses_lead_to_django(hub: LiveHub) -> None:
    got = soap.fetch(hub.url, "/nothing/here")

    assert got.status == 404
    assert got.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("forwarded", ["", "198.51.100.9"])
def test_failed_calls_are_counted_for_the_caller_and_no_header_changes_that(hub: LiveHub, forwarded: str) -> None:
    world.administrator(world.company())
    headers = {**soap.XML, "X-Forwarded-For": forwarded} if forwarded else soap.XML
    wrong = soap.written(p_adminPassword="wrong")
    faults = [soap.post(hub.url, wrong, headers).status for _ in range(21)]

    assert faults == [200] * 20 + [500]
    got = soap.post(hub.url, soap.SAMPLE)
    assert got.fault == "Client.Throttled"
    assert 0 < int(got.headers["retry-after"]) <= 900
