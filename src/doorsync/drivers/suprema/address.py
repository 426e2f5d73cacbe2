"""The address of a device behind a gateway: HOST:PORT#DEVICE or HOST#DEVICE. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from doorsync.domain import network_address

GATEWAY_PORT = 4000  # where an address names none
DEVICE_DIGITS = 10  # of a device ID, which is its serial number: 32 bits


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where the gateway listens, and which of its devices is meant."""

    host: str
    port: int
    device: int

    @property
    def target(self) -> str:
        """The gateway as gRPC spells it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(text: str) -> DeviceAddress:
    """Raises ValueError."""
    place, _, device = text.partition("#")
    host, port = network_address.host_and_port(place, GATEWAY_PORT)
    device = device.strip()
    if not device.isdecimal() or not device.isascii() or not 0 < int(device[:DEVICE_DIGITS]) == int(device) < 2**32:
        raise ValueError("device")
    return DeviceAddress(host, port, int(device))


def host_and_port(text: str) -> tuple[str, int]:
    """Of a device that the gateway shall connect to. Raises ValueError."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not parts.port:
        raise ValueError("host and port")
    return parts.hostname, parts.port
