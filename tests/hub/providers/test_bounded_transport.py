"""What the hub reaches of the network when an owner types an address, and how much of it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import pytest

from doorsync.hub.providers import bounded_transport
from doorsync.hub.providers.bounded_transport import BoundedTransport, is_allowed
from doorsync.hub.providers.errors import AddressForbidden, ProviderUnreachable
from tests.factories import tls
from tests.factories.lying_provider import LyingProvider, lying_provider

LOOPBACK = '["127.0.0.0/8"]'


@pytest.fixture
def server() -> Iterator[LyingProvider]:
    with lying_provider() as made:
        yield made


def ask(address: str) -> httpx2.Response:
    with httpx2.Client(transport=BoundedTransport()) as client:
        return client.get(address)


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "::127.0.0.1",
    "fec0::1",
    "4000::1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_address_in_no_public_network_is_not_connected_to(address: str) -> None:
    assert not is_allowed(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressForbidden):
        ask(f"https://{host}/")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_address_is_allowed_over_tls_only(address: str) -> None:
    assert is_allowed(ip_address(address))
    assert not is_allowed(ip_address(address), plain=True)


def test_operator_allows_networks(setting: Callable[..., None]) -> None:
    setting(PROVIDER_NETWORKS='["10.0.0.0/8", "fd00::/8", "127.0.0.0/8"]')
    assert is_allowed(ip_address("10.1.2.3"))
    assert is_allowed(ip_address("::ffff:10.1.2.3"))
    assert is_allowed(ip_address("fd00::1"))
    assert not is_allowed(ip_address("10.1.2.3"), plain=True), "without TLS on this machine only"
    assert is_allowed(ip_address("127.0.0.1"), plain=True)
    assert not is_allowed(ip_address("192.168.0.1"))


def test_without_the_operator_nothing_goes_without_tls(server: LyingProvider) -> None:
    with pytest.raises(AddressForbidden):
        ask(f"{server.issuer}/keys")
    assert server.asked == []


def test_name_that_leads_to_a_private_address_too_is_refused(
    server: LyingProvider, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    port = int(server.issuer.rsplit(":", 1)[1])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("127.0.0.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(AddressForbidden):
        ask(f"http://login.example.com:{port}/keys")
    assert server.asked == []


def test_checked_address_is_the_one_that_is_connected_to(
    server: LyingProvider, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    port, asked = int(server.issuer.rsplit(":", 1)[1]), []

    def rebinding(host: str, *_args: object, **_more: object) -> list[object]:
        asked.append(host)
        if host == "127.0.0.1":  # the socket's own look-up of what is an address already
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert ask(f"http://login.example.com:{port}/keys").status_code == 200
    assert asked.count("login.example.com") == 1, "a second look-up could lead elsewhere"


def test_redirect_is_not_followed(server: LyingProvider, setting: Callable[..., None]) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    server.paths["/away"] = lambda: (302, {"Location": f"{server.issuer}/keys"}, b"")
    assert ask(f"{server.issuer}/away").status_code == 302
    assert server.times("/keys") == 0


def test_answer_without_end_is_not_read(server: LyingProvider, setting: Callable[..., None]) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    server.paths["/large"] = lambda: (200, {}, b"a" * (bounded_transport.LARGEST + 1))
    with pytest.raises(ProviderUnreachable):
        ask(f"{server.issuer}/large")
    server.paths["/large"] = lambda: (200, {}, b"a" * bounded_transport.LARGEST)
    assert len(ask(f"{server.issuer}/large").content) == bounded_transport.LARGEST


def test_answer_that_drips_ends_at_the_deadline(setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    monkeypatch.setattr(bounded_transport, "LONGEST", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_drip, args=(listening,))
        thread.start()
        with pytest.raises(ProviderUnreachable):
            ask(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()


def _drip(listening: socket.socket) -> None:
    """A header of one letter after the other, until the other side has had enough."""
    taken, _address = listening.accept()
    with taken, suppress(OSError):
        while not threading.Event().wait(0.02):
            taken.sendall(b"H")


def test_provider_that_is_down_or_speaks_no_http_is_unreachable(setting: Callable[..., None]) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    for address in ("http://127.0.0.1:1/", "https://127.0.0.1:1/", "http://nobody.invalid/", "http://a..b/", "https://[::"):
        with pytest.raises((ProviderUnreachable, httpx2.InvalidURL)):
            ask(address)


def test_places_are_given_back(server: LyingProvider, setting: Callable[..., None]) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    for _try in range(2 * bounded_transport.AT_ONCE):
        with pytest.raises(ProviderUnreachable):
            ask("http://127.0.0.1:1/")
    assert ask(f"{server.issuer}/keys").status_code == 200


def test_certificate_has_to_be_trusted_and_of_this_name(
    server: LyingProvider, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    setting(PROVIDER_NETWORKS=LOOPBACK)
    pem = tls.certificate(tmp_path, "login.example.com")
    port = int(server.issuer.rsplit(":", 1)[1])
    found = socket.getaddrinfo

    def by_name(host: str, *args: Any, **more: Any) -> Any:
        return found("127.0.0.1" if host == "login.example.com" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", by_name)
    with tls.front(pem, port) as front:
        with pytest.raises(ProviderUnreachable):
            ask(f"https://login.example.com:{front}/keys")
        monkeypatch.setattr(bounded_transport, "_tls", lambda: ssl.create_default_context(cafile=str(pem)))
        assert ask(f"https://login.example.com:{front}/keys").status_code == 200
        with pytest.raises(ProviderUnreachable):
            ask(f"https://127.0.0.1:{front}/keys")
    assert server.times("/keys") == 1
