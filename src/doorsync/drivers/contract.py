"""What every driver offers. Drivers do terminal I/O only: no retries, no digests, no knowledge of the hub."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import ClassVar, Protocol

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record


class TerminalError(Exception):
    """The terminal did not do what it was asked."""

    def __init__(self, message: str = "", *, permanent: bool) -> None:
        """`permanent`: asking again will not help (full, malformed). Otherwise the terminal was not reached or was lost."""
        super().__init__(message or (self.__doc__ or ""))
        self.permanent = permanent


class Session(Protocol):
    """An open conversation with one terminal. Any method may raise TerminalError."""

    def capabilities(self) -> Capabilities:
        """What this terminal can hold, asked of the terminal itself where it can tell."""
        ...

    def read(self, kind: Kind, keys: Iterable[str]) -> dict[str, Record]:
        """The records now in memory under these keys; those that are not there are left out. Readable fields only."""
        ...

    def read_all(self, kind: Kind) -> dict[str, Record]:
        """The whole memory of one kind, by key."""
        ...

    def put(self, record: Record) -> None:
        """Add or replace; returns when the terminal has accepted it."""
        ...

    def remove(self, kind: Kind, key: str) -> None:
        """Remove; removing what is not there is no error."""
        ...

    def erase(self) -> None:
        """Forget all users and schedules."""
        ...


class Driver(Protocol):
    """One make of terminal."""

    make: ClassVar[str]

    def open(self, address: str, *, timeout: float) -> AbstractContextManager[Session]:
        """Connect to the terminal at this address within so many seconds, or raise TerminalError(permanent=False).

        A request that was given up must not reach the terminal after the conversation has ended: hang up with a reset.
        """
        ...
