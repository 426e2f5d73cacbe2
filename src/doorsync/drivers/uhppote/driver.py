"""The driver of UHPPOTE controllers: what it says of the make, and how a conversation is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from uhppoted import uhppote

from doorsync.drivers.contract import ConnectionSettings, Nearby
from doorsync.drivers.make import Evidence, EvidenceLevel, Make, Option
from doorsync.drivers.uhppote.connection import PORT, Connection
from doorsync.drivers.uhppote.session import UhppoteSession


class UhppoteDriver:
    """Reaches UHPPOTE controllers; their address is HOST or HOST:PORT."""

    make: ClassVar[Make] = Make(
        name="uhppote",
        title="UHPPOTE controller (UT0311-L0x and its many names)",
        address="192.168.1.100:60000",
        options=(
            Option(name="doors", title="Doors that its people may pass", default="1234", pattern="[1-4]{1,4}"),
            Option(name="cards", title="How many cards it holds", default="20000", pattern="[1-9][0-9]{0,5}"),
            Option(name="transport", title="Transport", default="udp", choices=("udp", "tcp")),
        ),
        records_per_write=50,
        evidence=Evidence(
            level=EvidenceLevel.FOREIGN_CLIENTS,
            against=("PyPI uhppoted 0.9.1.1", "npm uhppoted 0.7.2"),
            ours="the simulated controller",
            not_shown=(
                "a real controller",
                "how a controller counts deleted cards",
                "what a controller does when it loses power while it writes",
            ),
        ),
        warnings=(
            "Nobody has tried this on a real controller yet.",
            "Its traffic is neither encrypted nor signed: give it a network of its own, where nobody else can open its doors.",
            "It keeps cards, not people: somebody without a card cannot be held, and it holds no names.",
        ),
    )

    def lane(self, settings: ConnectionSettings) -> str:
        """Each controller has its own."""
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[UhppoteSession]:
        """Ask the controller who it is. Each request is a packet of its own, so that nothing needs to be closed."""
        options = {option.name: settings.options.get(option.name) or option.default for option in self.make.options}
        connection = Connection(settings.address, options["transport"], timeout)
        yield UhppoteSession(
            connection,
            options["doors"],
            int(options["cards"]),
            opens=options["transport"] == "udp",  # of TCP the system may deliver later what was given up
        )

    def find(self, within: float) -> Iterator[Nearby]:
        """Controllers that answer a broadcast."""
        client: Any = uhppote.Uhppote()
        for found in client.get_all_controllers(timeout=within):
            yield Nearby(
                address=f"{found.ip_address}:{PORT}", serial=str(found.controller), title=f"UHPPOTE, firmware {found.version}"
            )
