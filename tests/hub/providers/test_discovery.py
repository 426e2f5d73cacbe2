"""What is believed of the documents that a provider publishes, and how long they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from doorsync.hub.providers import discovery
from doorsync.hub.providers.discovery import WELL_KNOWN, keys_of, metadata_of
from doorsync.hub.providers.errors import AddressForbidden, NotAProvider, ProviderUnreachable
from tests.factories.lying_provider import KEY, LyingProvider, lying_provider


@pytest.fixture
def server(setting: Callable[..., None]) -> Iterator[LyingProvider]:
    setting(PROVIDER_NETWORKS='["127.0.0.0/8"]')
    discovery.forget()
    with lying_provider() as made:
        yield made
    discovery.forget()


def test_document_is_asked_for_once_and_kept(server: LyingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    for _time in range(3):
        assert metadata_of(server.issuer).token_endpoint == f"{server.issuer}/token"
        assert [key.kid for key in keys_of(metadata_of(server.issuer))] == ["first"]
    assert (server.times(WELL_KNOWN), server.times("/keys")) == (1, 1)
    monkeypatch.setattr(discovery, "KEPT_FOR", -1.0)
    metadata_of(server.issuer)
    assert server.times(WELL_KNOWN) == 2


def test_keys_are_not_asked_for_anew_by_every_unknown_one(server: LyingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = metadata_of(server.issuer)
    for _time in range(3):
        keys_of(metadata, fresh=True)
    assert server.times("/keys") == 1
    monkeypatch.setattr(discovery, "KEYS_OLDER", -1.0)
    keys_of(metadata, fresh=True)
    assert server.times("/keys") == 2


def test_provider_that_failed_is_left_alone_for_a_moment(server: LyingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    server.document["issuer"] = "https://login.example.com"
    for _time in range(3):
        with pytest.raises(NotAProvider):
            metadata_of(server.issuer)
    assert server.times(WELL_KNOWN) == 1
    server.document["issuer"] = server.issuer
    monkeypatch.setattr(discovery, "QUIET_FOR", -1.0)
    assert metadata_of(server.issuer).issuer == server.issuer


DOCUMENTS: dict[str, Any] = {
    "another issuer": {"issuer": "https://login.example.com"},
    "an issuer with a slash more": {"issuer": "{issuer}/"},
    "no keys": {"jwks_uri": None},
    "an address that is none": {"token_endpoint": "https://[::"},
    "a number": {"token_endpoint": 7},
}


@pytest.mark.parametrize("wrong", DOCUMENTS)
def test_document_that_is_not_the_issuers_is_refused(server: LyingProvider, wrong: str) -> None:
    for name, value in DOCUMENTS[wrong].items():
        server.document[name] = value.format(issuer=server.issuer) if isinstance(value, str) else value
    with pytest.raises(NotAProvider):
        metadata_of(server.issuer)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://login.example.com/", "/relative", "file:///etc/passwd"])
def test_browser_is_sent_to_no_address_without_tls(server: LyingProvider, address: str) -> None:
    server.document["authorization_endpoint"] = address
    with pytest.raises(AddressForbidden):
        metadata_of(server.issuer)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[" * 50_000, b"\xff\xfe", b"null", json.dumps({"issuer": 1}).encode()])
def test_what_is_no_document_is_refused(server: LyingProvider, body: bytes) -> None:
    server.paths[WELL_KNOWN] = lambda: (200, {"Content-Type": "application/json"}, body)
    with pytest.raises(NotAProvider):
        metadata_of(server.issuer)


def test_provider_that_is_down_is_unreachable(server: LyingProvider) -> None:
    with pytest.raises(ProviderUnreachable):
        metadata_of("http://127.0.0.1:1")


def test_only_public_keys_for_signatures_are_taken(server: LyingProvider) -> None:
    good = KEY.as_dict(private=False)
    server.keys = [
        dict(OctKey.generate_key(256, {"kid": "secret"}).as_dict()),
        dict(RSAKey.generate_key(2048, {"kid": "private"}).as_dict(private=True)),
        {**good, "kid": "for sealing", "use": "enc"},
        {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "?", "y": "?"},
        {"kty": "of tomorrow", "kid": "unknown"},
        "no key",  # type: ignore[list-item]  # on purpose
        dict(ECKey.generate_key("P-256", {"kid": "curve"}).as_dict(private=False)),
        dict(good),
    ]
    assert [key.kid for key in keys_of(metadata_of(server.issuer))] == ["curve", "first"]


def test_provider_without_any_key_that_we_know_is_refused(server: LyingProvider) -> None:
    server.keys = [{"kty": "of tomorrow"}]
    with pytest.raises(NotAProvider):
        keys_of(metadata_of(server.issuer))
