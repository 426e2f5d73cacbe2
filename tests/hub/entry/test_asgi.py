from __future__ import annotations

import pytest
from django_scopes import scope

from doorsync.hub.administrators.models import KnownSource
from doorsync.hub.companies import vault
from tests.factories import soap, world
from tests.factories.live import LiveHub


@pytest.mark.requirement("M-01", mutation="asgi sends every path to Django")
def test_the_hub_answers_the_sample_request(hub: LiveHub) -> None:
    administrator = world.administrator(world.company())
    got = soap.post(hub.url, soap.SAMPLE)

    assert administrator.pk
    assert soap.without_token(got.body) == soap.without_token(soap.SAMPLE_RESPONSE)
    assert len(got.result) == 128


@pytest.mark.parametrize("path", [soap.PATH, f"{soap.PATH}/", f"/{soap.PATH}", f"/{soap.PATH}/?wsdl"])
def test_the_service_answers_where_a_program_joined_its_address_with_a_slash_too_many(hub: LiveHub, path: str) -> None:
    assert soap.post(hub.url, soap.call("").encode(), path=path).result == "ERROR_NO_SECURITY_HASH"


@pytest.mark.parametrize("path", ["/nothing/here", f"{soap.PATH}x", f"{soap.PATH}/x", "/WEBSERVICESESWS", f"{soap.PATH}//"])
def test_all_other_addresses_lead_to_django(hub: LiveHub, path: str) -> None:
    got = soap.fetch(hub.url, path)

    assert got.status == 404
    assert got.headers["content-type"].startswith("text/html")


def test_failed_calls_are_counted_for_the_caller_and_a_header_from_anybody_changes_nothing(hub: LiveHub) -> None:
    company = world.company()
    world.administrator(company)
    soap.post(hub.url, soap.SAMPLE, {**soap.XML, "X-Forwarded-For": "198.51.100.9"})

    with scope(company=company):
        (known,) = KnownSource.objects.all()
    assert bytes(known.source) == vault.keyed_hash(company, "source", "127.0.0.1/32")


def test_too_many_failed_calls_are_told_when_to_come_back(hub: LiveHub) -> None:
    world.administrator(world.company())
    wrong = soap.written(p_adminPassword="wrong")

    assert [soap.post(hub.url, wrong).status for _ in range(21)] == [200] * 20 + [500]
    got = soap.post(hub.url, soap.SAMPLE)
    assert got.fault == "Client.Throttled"
    assert 0 < int(got.headers["retry-after"]) <= 900
