"""Host and port of an address, as a driver dials them and as the hub compares them."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorsync.domain.network_address import host_and_port, plain_host


@pytest.mark.parametrize(
    ("address", "dialled"),
    [
        ("10.0.0.9", ("10.0.0.9", 4370)),
        ("10.0.0.9:", ("10.0.0.9", 4370)),
        ("10.0.0.9:80", ("10.0.0.9", 80)),
        (" 192.168.001.020:04370 ", ("192.168.1.20", 4370)),  # a resolver would take 020 for octal
        ("Gate.Example.:80", ("gate.example", 80)),
        ("[2001:DB8::1]", ("2001:db8::1", 4370)),
        ("2001:db8::1:80", ("2001:db8::1", 80)),
        ("2001:db8:0:0:0:0:0:1", ("2001:db8::1", 4370)),
        ("[::ffff:10.0.0.1]:80", ("10.0.0.1", 80)),
    ],
)
def test_what_is_dialled(address: str, dialled: tuple[str, int]) -> None:
    assert host_and_port(address, 4370) == dialled


@pytest.mark.parametrize(
    "address", ["", ":80", "10.0.0.9:0", "10.0.0.9:65536", "10.0.0.9:x", "10.0.0.9#1", "a@b:80", "http://a:80", "a/b", "a:b:80"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"host|port"):
        host_and_port(address, 4370)


@given(st.integers(0, 2**128 - 1))
def test_spellings_of_one_ipv6_address(number: int) -> None:
    address = IPv6Address(number)
    assert plain_host(address.exploded) == plain_host(f"[{address.compressed.upper()}]")
