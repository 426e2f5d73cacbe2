from __future__ import annotations

from collections.abc import Callable

import pytest

from doorsync.hub.administrators import client_address
from doorsync.hub.settings.config import config


@pytest.fixture
def behind_proxies(setting: Callable[..., None]) -> None:
    setting(TRUSTED_PROXIES='["10.0.0.0/8", "fd00::/8"]')


@pytest.mark.requirement("S-06", mutation="believing X-Forwarded-For from anybody")
def test_caller_believes_nobody_without_trusted_proxies() -> None:
    assert config().trusted_proxies == []
    assert client_address.caller_address("192.0.2.1", "198.51.100.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the left one may be invented
        ("10.0.0.1", "198.51.100.1, 10.2.2.2", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.1", "198.51.100.1:5678", "198.51.100.1"),  # some proxies add the port
        ("10.0.0.1", "198.51.100.1:5678, 10.2.2.2:443", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::5]:80, [fd00::2]", "2001:db8::5"),
        ("10.0.0.1", "[2001:db8::5", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:x", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:1:2", "10.0.0.1"),
        ("10.0.0.1", "unknown:80", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", "local"),
    ],
)
@pytest.mark.usefixtures("behind_proxies")
def test_caller_is_the_right_most_hop_that_is_not_ours(peer: str, forwarded: str, caller: str) -> None:
    assert client_address.caller_address(peer, forwarded) == caller


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("local", "local"),
        ("", "local"),
    ],
)
def test_source_is_one_address_or_one_customer_of_ipv6(address: str, source: str) -> None:
    assert client_address.source_network(address) == source
