"""The driver of Z-Wave locks: what it says of the make, and how a conversation is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from doorsync.drivers.contract import ConnectionSettings
from doorsync.drivers.make import Evidence, EvidenceLevel, Make
from doorsync.drivers.zwave.connection import connected
from doorsync.drivers.zwave.session import ZwaveSession


class ZwaveDriver:
    """Reaches locks behind a Z-Wave JS server; their address is ws://HOST:PORT#NODE."""

    make: ClassVar[Make] = Make(
        name="zwave",
        title="Z-Wave lock, through Z-Wave JS",
        address="ws://192.168.1.5:3000#12",
        answer_timeout=60.0,
        records_per_write=10,
        evidence=Evidence(
            level=EvidenceLevel.FOREIGN_DEVICE_SIDE,
            against=("the mock lock of zwave-js 15.29.0 behind @zwave-js/server 3.10.2",),
            ours="the script that starts them",
            not_shown=(
                "a real lock, and how long it takes over the air",
                "locks with User Code, which are most of those installed",
                "cards",
            ),
        ),
        warnings=(
            "Nobody has tried this on a real lock yet.",
            "The Z-Wave JS server has no password: let nobody but the agent reach its port.",
            "It holds no time schedules: whoever may enter at some hours only is refused.",
            "It holds no expiry: the hub removes people in time, while it is in reach.",
        ),
    )

    def lane(self, settings: ConnectionSettings) -> str:
        """Locks of one network share the air."""
        return settings.address.partition("#")[0]

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[ZwaveSession]:
        """Connect to the server, and see that the lock is in reach."""
        with connected(settings.address, timeout) as connection:
            yield ZwaveSession(connection)
