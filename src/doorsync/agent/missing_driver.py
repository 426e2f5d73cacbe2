"""Stands in for a driver that is missing or broken: its terminals are out of reach, and say why."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from doorsync.drivers.contract import Session, TerminalError


class MissingDriver:
    """Reaches nothing."""

    make: ClassVar[str] = ""

    def __init__(self, why: str) -> None:
        self._why = why

    def open(self, address: str, *, timeout: float) -> AbstractContextManager[Session]:  # noqa: ARG002 - as every driver
        """Says why not."""
        raise TerminalError(self._why, permanent=False)
