"""The shapes of the messages. Unknown fields are refused: what a signature covers must be understood whole.

Texts hold no NUL and numbers fit 64 bits: a message that was accepted can also be stored, in any database.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from doorsync.domain.record import Kind, Record
from doorsync.messages.field_types import (
    Code,
    Fingerprint,
    Hash,
    Key,
    Label,
    Name,
    Nonce,
    Number,
    Reached,
    Sequence,
    Serial,
    Text,
    Value,
    Words,
)
from doorsync.messages.make_info import MakeInfo, NearbyTerminal
from doorsync.messages.sizes import HEADS, MAKES, NEARBY, PARTS

VERSION = 3


class Message(BaseModel):
    """What all messages share: `typ` is also in the signed header, `v` the version in which it is written.

    `SINCE` names the fields that came with a later version than the oldest: a message of an older one goes without them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    SINCE: ClassVar[dict[str, int]] = {}
    v: int = VERSION

    def dumped(self) -> bytes:
        """As it travels. Raises ValueError when it says something that its version cannot."""
        newer = {name for name, since in self.SINCE.items() if since > self.v}
        if any(getattr(self, name) != type(self).model_fields[name].get_default(call_default_factory=True) for name in newer):
            raise ValueError(f"Version {self.v} of this message has no {', '.join(sorted(newer))}.")
        return self.model_dump_json(exclude=newer).encode()


class ChainHead(Message):
    """The last batch that the agent accepted for a terminal: sequence number and hash."""

    terminal: Name
    seq: Reached = 0
    hash: Hash = ""


class Hello(Message):
    """Agent to hub, signed: a fresh nonce, which replaces older ones, and where each terminal's chain stands.

    `count` rises with every hello and is on the agent's disk before the hello leaves; the hub takes none twice.
    `challenge` repeats what the hub asked for when it refused an older hello: then this one was said after that moment.
    `cloud`: it dials out by itself, so the hub may expect to hear of it.
    `hub` is the fingerprint of the hub's keys that the agent listens to; empty from software that cannot change them.
    `makes` are those that it has drivers for, `nearby` the terminals that it found.
    """

    SINCE: ClassVar[dict[str, int]] = {"makes": 3, "nearby": 3}
    typ: Literal["hello"] = "hello"
    company: Name
    agent: Name
    count: Number
    nonce: Nonce
    software: Words
    heads: Annotated[list[ChainHead], Field(max_length=HEADS)]
    hub: Fingerprint = ""
    cloud: bool = True
    challenge: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    makes: Annotated[list[MakeInfo], Field(max_length=MAKES)] = []
    nearby: Annotated[list[NearbyTerminal], Field(max_length=NEARBY)] = []

    @field_validator("heads")
    @classmethod
    def _one_for_each_terminal(cls, heads: list[ChainHead]) -> list[ChainHead]:
        if len({head.terminal for head in heads}) != len(heads):
            raise ValueError("two heads of one terminal")
        return heads


class Entry(Message):
    """A record on the wire. `own`: the terminal's own, one of its administrators."""

    kind: Kind
    key: Key
    fields: dict[str, Value]
    own: bool = False

    @classmethod
    def of(cls, record: Record, *, own: bool = False) -> Entry:
        """The wire form of a record."""
        return cls(kind=record.kind, key=record.key, fields=dict(record.fields), own=own)

    def record(self) -> Record:
        """The record in it."""
        return Record(kind=self.kind, key=self.key, fields=self.fields)


class Order(Message):
    """One thing to do: `put` carries fields; `remove` a key; `read` and `erase` concern the whole terminal (key "").

    `new`: the hub never saw anything of its own under this key. What is there stays, unless it is just what would be put there.
    """

    do: Literal["remove", "put", "read", "erase"]
    kind: Kind = Kind.USER
    key: Key = ""
    fields: dict[str, Value] = {}
    new: bool = False


class Batch(Message):
    """Hub to agent, signed and sealed: orders for one terminal, in the order in which they are to be done.

    `name` is what people call the terminal. `serial` is the serial number of the device that they are for: nothing is done
    at another one. "" when none is known. `secret`, `options` and `zone` are those of the driver's connection settings.
    Without orders the terminal is only asked what it says of itself.
    """

    SINCE: ClassVar[dict[str, int]] = {"secret": 3, "options": 3, "zone": 3}
    typ: Literal["batch"] = "batch"
    company: Name
    agent: Name
    terminal: Name
    name: Annotated[Text, Field(max_length=100)] = ""
    make: Name
    address: Words
    serial: Serial = ""
    nonce: Nonce
    seq: Sequence
    prev: Hash
    orders: list[Order]
    secret: Annotated[Text, Field(max_length=200, repr=False)] = ""
    options: dict[Label, Words] = {}
    zone: Label = ""


class Device(Message):
    """What answered at the terminal's address says of itself: see `About` in the driver contract. `can`: its capabilities."""

    serial: Serial
    model: Label = ""
    firmware: Label = ""
    users: Number | None = None
    templates: Number = 0
    clock: Label = ""
    can: dict[str, Any] = {}


class Outcome(Message):
    """What became of the order at the same place in the batch.

    `done`: carried out, and `found` is what was read back under its key afterwards (None: nothing there).
    `refused`: the terminal would not; `found` as before. `taken`: not even tried, because the key is somebody else's: of the
    terminal itself, or of whoever enrolled `found` there. `unknown`: begun, and nobody could read back what came of it, or
    the terminal was lost on the way. `untouched`: never begun. In an `interrupted` receipt nobody knows any more what was
    carried out: `done` then says only that `found` was read. `code` is the terminal's own word for a refusal.
    """

    result: Literal["done", "refused", "taken", "unknown", "untouched"]
    found: Entry | None = None
    message: Words = ""
    code: Code = ""


class Receipt(Message):
    """Agent to hub, signed and sealed. `memory` is the whole memory as read, after a `read` or `erase` order.

    Where that is too large, so many `parts` of this `making` go before, and `memory` is the rest.

    `done`: every order was carried out or refused, and read back. `partly`: the terminal was lost on the way.
    `not-reached`: nothing was begun. `other-device`: nothing was begun, because not the device of the batch answered.
    `interrupted`: the agent itself stopped on the way; nothing was driven again.
    `device` is what the terminal said of itself before the first order, where it said anything. `code`: `secret-refused` when
    the terminal answers and does not accept its secret.
    """

    SINCE: ClassVar[dict[str, int]] = {"code": 3}
    typ: Literal["receipt"] = "receipt"
    company: Name
    agent: Name
    terminal: Name
    seq: Sequence
    batch: Hash
    state: Literal["done", "partly", "not-reached", "other-device", "interrupted"]
    message: Words = ""
    code: Code = ""
    device: Device | None = None
    outcomes: list[Outcome]
    memory: list[Entry] | None = None
    parts: Annotated[int, Field(ge=0, le=PARTS)] = 0
    making: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""


class MemoryPart(Message):
    """Agent to hub, signed and sealed: a part of a terminal's memory that is too large for the receipt. Parts count from 1.

    `making` is drawn anew each time that the agent reads the memory for this batch: parts of two makings never mix.
    """

    typ: Literal["memory-part"] = "memory-part"
    company: Name
    agent: Name
    terminal: Name
    batch: Hash
    making: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    part: Annotated[int, Field(ge=1, le=PARTS)]
    entries: list[Entry]


class Answering(BaseModel):
    """Of a receipt or a part that is not understood otherwise: which batch it is about."""

    batch: Hash


class Refused(Message):
    """Agent to hub, signed: a batch that was not accepted, and never will be, and the audit code of the reason.

    The code `unanswerable` says that it was accepted, and that there will never be a receipt.
    """

    typ: Literal["refused"] = "refused"
    company: Name
    agent: Name
    batch: Hash
    code: Annotated[str, Field(pattern=r"^[a-z-]{1,32}$")]


class Enrolment(Message):
    """Agent to hub, signed with the key that it brings: proof that the agent holds it. `code` is shown once in the hub."""

    typ: Literal["enrolment"] = "enrolment"
    code: Words
    keys: dict[str, Any]
    software: Words
    url: Words = ""


class Enrolled(Message):
    """Hub to agent, signed: who the agent is now, and the hub's keys to pin. `to` is the fingerprint of the keys it took."""

    typ: Literal["enrolled"] = "enrolled"
    company: Name
    agent: Name
    name: Words
    keys: dict[str, Any]
    origins: list[Words]
    to: Words = ""


class Rotation(Message):
    """Agent to hub, signed with the keys that it leaves: the keys that take their place.

    `proof` is the same message with an empty `proof`, signed with the new key: its sender holds that one too.
    """

    typ: Literal["rotation"] = "rotation"
    company: Name
    agent: Name
    keys: dict[str, Any]
    proof: Text = ""


class Rotated(Message):
    """Hub to agent, signed: from now on the keys with the fingerprint `to` are the agent's."""

    typ: Literal["rotated"] = "rotated"
    company: Name
    agent: Name
    to: Words


class HubRotation(Message):
    """Hub to one agent, signed with the keys that it leaves: the keys that take their place; `proof` as in a rotation.

    The agent's next hello names the keys that it listens to then.
    """

    typ: Literal["hub-rotation"] = "hub-rotation"
    company: Name
    agent: Name
    keys: dict[str, Any]
    proof: Text = ""
