"""What every driver offers. Drivers do terminal I/O only: no retries, no digests, no knowledge of the hub.

A driver sees the terminal's own keys: the hub has translated them. `SupportsClock` and the like are for what only some can do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.door_modes import DoorMode
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.record import Kind, Record
from doorsync.drivers.make import Make
from doorsync.messages.terminal_codes import in_english, in_own_words

UNKNOWN_SCHEDULE = "unknown-schedule"  # the code of a refusal: the person names a time schedule that the terminal does not hold
SECRET_REFUSED = "secret-refused"  # noqa: S105 - the code of an error: the comm key or password is wrong


class TerminalError(Exception):
    """The terminal did not do what it was asked."""

    def __init__(self, why: Reason | str = "", *, permanent: bool, code: str = "") -> None:
        """`permanent`: asking again will not help (full, malformed). Otherwise the terminal was not reached or was lost.

        `why`: one of `TerminalCode` where one fits, which people read in their language; else the driver's own sentence.

        `code`: UNKNOWN_SCHEDULE, SECRET_REFUSED, or the terminal's own word for it, or "". Neither quotes a secret or a record.
        """
        self.reason = why if isinstance(why, Reason) else in_own_words(why or self.__doc__ or "")
        super().__init__(in_english(self.reason) if isinstance(why, Reason) else why or self.__doc__ or "")
        self.permanent = permanent
        self.code = code


class SecretRefused(TerminalError):
    """The terminal does not accept the comm key or password that is set for it."""

    def __init__(self, why: Reason | str = "") -> None:
        """It answers, so it is not lost; but trying again and again may lock it."""
        super().__init__(why, permanent=True, code=SECRET_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """All that it takes to reach one terminal.

    `address` is spelt as `Make.address` shows, and holds no user name and no password. `secret` is what `Make.secret` names.
    `options` are those of `Make.options`. `zone` is the IANA name of the time zone of the terminal's wall clock.
    """

    address: str
    secret: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAnswer:
    """What the terminal said to the write of one record. `refusal`: a sentence for people, "" when it was accepted.

    `reason`: one of `TerminalCode`, where one fits; else people read the sentence as it is.
    `code`: UNKNOWN_SCHEDULE, or the terminal's own word for the refusal, or "".
    """

    key: str
    refusal: str = ""
    code: str = ""
    reason: Reason = NO_REASON


class Session(Protocol):
    """An open conversation with one terminal. Any method may raise TerminalError, an iterator at any step."""

    def about(self) -> About:
        """Who it is, how much it holds, what it can hold: as the terminal itself tells at this moment."""
        ...

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """The records now in memory under these keys, each once; those that are not there are left out.

        This may cost as much as reading all.
        """
        ...

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """The whole memory of one kind, each key once."""
        ...

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Add or replace records of one kind with different keys, at most `Make.records_per_write`, in the order given.

        Nothing is written before the first `next`; from then on any of them may be in the terminal. One answer for each record,
        in any order. After a TerminalError, or when the iterator is closed, those without an answer are unknown; if the error is
        permanent, the terminal refused them as a whole, and each may be tried by itself. The session goes on after a closed
        iterator. What a record does not speak of (fingerprints) stays.
        """
        ...

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """Remove, as `put_many` adds; removing what is not there is no error."""
        ...

    def erase(self) -> None:
        """Forget all schedules and all users but the terminal's own administrators."""
        ...


class Driver(Protocol):
    """One make of terminal."""

    make: ClassVar[Make]

    def open(self, settings: ConnectionSettings, *, timeout: float) -> AbstractContextManager[Session]:
        """Connect within so many seconds, which is also the limit of each answer, or raise TerminalError or SecretRefused.

        A request that was given up must not reach the terminal after the conversation has ended: hang up with a reset.
        """
        ...

    def lane(self, settings: ConnectionSettings) -> str:
        """Terminals with the same lane are driven one after the other, such as those behind one gateway; else the address."""
        ...


@runtime_checkable
class SupportsChangeMark(Protocol):
    """A session that can say cheaply that nothing has changed; `Capabilities.change_detection` tells how well."""

    def change_mark(self) -> str:
        """At most 64 printable characters. Taken between writes; compared for equality, and never a proof of what is there."""
        ...


@runtime_checkable
class SupportsClock(Protocol):
    """A session whose terminal lets its clock be set."""

    def set_clock(self, wall: datetime) -> None:
        """Set the wall clock; `wall` is naive, in the time zone of the connection settings."""
        ...


@runtime_checkable
class SupportsOpening(Protocol):
    """A session whose terminal opens the doors that `Capabilities.remote_doors` names when it is told to."""

    def open_door(self, door: int, *, within: float) -> None:
        """Open this door for a moment, as for somebody who may pass; returns once the terminal said that it does.

        Asked once and never again. It must not open later than in `within` seconds: what the terminal has not fetched by then
        is taken back. Raises TerminalError, permanent where the door surely stayed shut; otherwise nobody knows.
        """
        ...


@runtime_checkable
class SupportsDoorModes(Protocol):
    """A session whose terminal keeps the doors that `Capabilities.mode_doors` names in the mode that it is told."""

    def door_mode(self, door: int, *, within: float) -> DoorMode:
        """The mode in which this door is now, read from the terminal. Raises TerminalError."""
        ...

    def set_door_mode(self, door: int, mode: DoorMode, *, within: float) -> None:
        """Put this door into a mode, in which it stays, also without power; returns once the terminal said that it did.

        It must not come into effect later than in `within` seconds. Raises TerminalError, permanent where nothing changed.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A terminal that answered a search, or knocked at a station."""

    address: str
    serial: str
    title: str
    needs_secret: bool = False


@runtime_checkable
class SupportsDiscovery(Protocol):
    """A driver that finds terminals in its network."""

    def find(self, within: float) -> Iterator[Nearby]:
        """Those that answer within so many seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StationContext:
    """What the agent lends a station: a private folder, a host:port to listen on, whom to tell that a terminal is back.

    `on_reconnected` takes the terminal's address.
    """

    folder: Path
    listen: str
    on_reconnected: Callable[[str], None]


@runtime_checkable
class RunsStation(Protocol):
    """A driver with something that lives as long as the agent, for terminals that dial out themselves."""

    def start(self, context: StationContext) -> AbstractContextManager[None]:
        """Run the station until the context ends. A failure leaves this driver broken, and no other."""
        ...
