"""The address of a device behind a gateway: HOST:PORT#DEVICE or HOST#DEVICE."""

from __future__ import annotations

import pytest

from doorsync.drivers.suprema.address import address_of, host_and_port


@pytest.mark.parametrize(
    ("text", "target", "device"),
    [
        ("gateway#547839201", "gateway:4000", 547839201),
        ("gateway:4010# 1 ", "gateway:4010", 1),
        ("10.0.0.7:4000#4294967295", "10.0.0.7:4000", 2**32 - 1),
        ("[fd00::7]:4000#9", "[fd00::7]:4000", 9),
    ],
)
def test_gateway_and_device_are_read(text: str, target: str, device: int) -> None:
    found = address_of(text)
    assert (found.target, found.device) == (target, device)


@pytest.mark.parametrize("text", ["gateway", "gateway#", "gateway#0", "gateway#4294967296", "gateway#12345678901", "#1"])
def test_address_without_a_device_that_can_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"device|host"):
        address_of(text)


def test_device_that_the_gateway_connects_to_needs_its_port() -> None:
    assert host_and_port("10.0.0.9:51211") == ("10.0.0.9", 51211)
    for wrong in ("10.0.0.9", "10.0.0.9:0", ":51211"):
        with pytest.raises(ValueError, match="host and port"):
            host_and_port(wrong)
