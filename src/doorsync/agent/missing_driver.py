"""Stands in for a driver that is missing or broken: its terminals are out of reach, and say why."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from doorsync.domain.reason import Reason
from doorsync.drivers.contract import ConnectionSettings, Session, TerminalError
from doorsync.drivers.make import Make


class MissingDriver:
    """Reaches nothing."""

    make: ClassVar[Make] = Make(name="", title="", address="")

    def __init__(self, why: Reason) -> None:
        self._why = why

    def open(self, settings: ConnectionSettings, *, timeout: float) -> AbstractContextManager[Session]:  # noqa: ARG002 - as every driver
        """Says why not."""
        raise TerminalError(self._why, permanent=False)

    def lane(self, settings: ConnectionSettings) -> str:
        """Each address for itself."""
        return settings.address
