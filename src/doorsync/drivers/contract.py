"""What every driver offers. Drivers do terminal I/O only: no retries, no digests, no knowledge of the hub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record

UNKNOWN_SCHEDULE = "unknown-schedule"  # the code of a refusal: the person names a time schedule that the terminal does not hold


class TerminalError(Exception):
    """The terminal did not do what it was asked."""

    def __init__(self, message: str = "", *, permanent: bool, code: str = "") -> None:
        """`permanent`: asking again will not help (full, malformed). Otherwise the terminal was not reached or was lost.

        `code`: UNKNOWN_SCHEDULE, or the terminal's own word for it, or "".
        """
        super().__init__(message or (self.__doc__ or ""))
        self.permanent = permanent
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the terminal says of itself.

    `serial` is "" only where the make has none; then nobody can tell one device from another. `users` counts all people that it
    holds, its own administrators too; None where it does not tell. `templates`: biometric ones, which an erase would cost.
    `clock`: its wall clock "YYYY-MM-DDTHH:MM:SS", or "".
    """

    serial: str
    model: str = ""
    firmware: str = ""
    users: int | None = None
    templates: int = 0
    clock: str = ""
    can: Capabilities = field(default_factory=Capabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record as read, readable fields only. `own`: the terminal's own, its administrators: never removed, never replaced."""

    record: Record
    own: bool = False


class Session(Protocol):
    """An open conversation with one terminal. Any method may raise TerminalError, an iterator at any step."""

    def about(self) -> About:
        """Who it is, how much it holds, what it can hold: as the terminal itself tells at this moment."""
        ...

    def read(self, kind: Kind, keys: Iterable[str]) -> Iterator[Found]:
        """The records now in memory under these keys, each once; those that are not there are left out."""
        ...

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """The whole memory of one kind, each key once."""
        ...

    def put(self, record: Record) -> None:
        """Add or replace; returns when the terminal has accepted it."""
        ...

    def remove(self, kind: Kind, key: str) -> None:
        """Remove; removing what is not there is no error."""
        ...

    def erase(self) -> None:
        """Forget all schedules and all users but the terminal's own administrators."""
        ...


class Driver(Protocol):
    """One make of terminal."""

    make: ClassVar[str]

    def open(self, address: str, *, timeout: float) -> AbstractContextManager[Session]:
        """Connect to the terminal at this address within so many seconds, or raise TerminalError(permanent=False).

        A request that was given up must not reach the terminal after the conversation has ended: hang up with a reset.
        """
        ...
