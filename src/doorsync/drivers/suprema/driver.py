"""The driver of Suprema devices: what it says of the make, and how a conversation is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from zoneinfo import ZoneInfo

from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.make import Evidence, EvidenceLevel, Make, Option
from doorsync.drivers.suprema.gateway import connected
from doorsync.drivers.suprema.records import CARD_TYPES, Spelling
from doorsync.drivers.suprema.session import SupremaSession


class SupremaDriver:
    """Reaches devices behind a G-SDK device gateway; their address is HOST:PORT#DEVICE."""

    make: ClassVar[Make] = Make(
        name="suprema",
        title="Suprema, through the G-SDK device gateway",
        address="192.168.1.5:4000#542070001",
        options=(
            Option(
                name="certificate",
                title="SHA-256 fingerprint of the gateway's certificate",
                pattern="(([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})?",
            ),
            Option(name="cards", title="Type of the cards", default="csn", choices=tuple(CARD_TYPES)),
            Option(
                name="device",
                title="Address of the device, where the gateway does not connect to it by itself (192.168.1.50:51211)",
                pattern="[0-9A-Za-z.:-]{0,255}",
            ),
            Option(name="tls", title="The device itself speaks TLS", default="no", choices=("no", "yes")),
        ),
        answer_timeout=30.0,
        records_per_write=100,
        evidence=Evidence(
            level=EvidenceLevel.FOREIGN_CLIENTS,
            against=("biostarPython 0.6.5.0 of Suprema UK, and the message types in it",),
            ours="the gateway and the devices behind it",
            not_shown=(
                "any real device, and Suprema's own gateway",
                "whether a gateway still carries out a request that was given up",
                "what a full device does with people who are written together",
                "whether a device takes a card that somebody else has",
                "in which time zone a device reads an expiry",
                "Wiegand cards",
            ),
        ),
        warnings=(
            "Nobody has tried this on a real device or on Suprema's own gateway yet.",
            "Suprema's device gateway is a program of its own, which you get from Suprema.",
            "A door of the device must be set up beforehand; without one nobody can be given time schedules.",
            "PINs cannot be read back: what the device accepted is not verified.",
        ),
    )

    def lane(self, settings: ConnectionSettings) -> str:
        """A gateway serves its devices side by side."""
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[SupremaSession]:
        """Connect to the gateway, and see that it has the device."""
        spelling = Spelling(card_type=CARD_TYPES[settings.options.get("cards", "csn")], zone=ZoneInfo(settings.zone))
        with connected(settings, timeout) as gateway:
            yield SupremaSession(gateway, spelling)
