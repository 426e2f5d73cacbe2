"""The shapes of the messages about terminals' logs: the events that an agent brings, and what the hub has stored of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorsync.domain.door_events import CredentialUsed, DoorEvent, EventCode
from doorsync.messages.field_types import Hash, Key, Name, Sequence, Serial
from doorsync.messages.schemas import Message

EVENTS = 500  # of one message; some 300 bytes each
Wall = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$")]
Series = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Position = Annotated[int, Field(ge=1, le=2**53)]


class LoggedEvent(BaseModel):
    """One entry of a terminal's log; see `DoorEvent`.

    `read_at` is the agent's clock in UTC when it read the entry, `clock` the terminal's own at that moment, or "".
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    position: Position
    wall: Wall
    code: EventCode
    reason: Annotated[str, Field(pattern=r"^[0-9a-z-]{0,32}$")] = ""
    key: Key = ""
    used: CredentialUsed = CredentialUsed.NOTHING
    card: Annotated[str, Field(pattern=r"^[0-9]{0,32}$")] = ""
    door: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    lost: Annotated[int, Field(ge=0, le=2**53)] = 0
    read_at: Wall
    clock: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})?$")] = ""

    @classmethod
    def of(cls, event: DoorEvent, *, read_at: str, clock: str) -> LoggedEvent:
        """The wire form of an event. Raises ValueError where a driver brought what no message can carry."""
        fields = {name: getattr(event, name) for name in event.__slots__}
        return cls(**fields, read_at=read_at, clock=clock)


class Events(Message):
    """Agent to hub, signed and sealed: entries of one series of one device's log, in the order of their positions.

    `serial` is of the device that was read, "" where its make has none. Without events it only asks what the hub has.
    """

    typ: Literal["events"] = "events"
    company: Name
    agent: Name
    terminal: Name
    serial: Serial
    series: Series
    events: Annotated[list[LoggedEvent], Field(max_length=EVENTS)] = []


class EventsStored(Message):
    """Hub to agent, signed: all entries of this series up to position `have` are in its database, or known to be lost.

    `answers` is the fingerprint of the message that this answers. `clear`: the company wishes that terminals forget what the
    hub has.
    """

    typ: Literal["events-stored"] = "events-stored"
    company: Name
    agent: Name
    terminal: Name
    serial: Serial
    series: Series
    answers: Hash
    have: Sequence
    clear: bool = False
