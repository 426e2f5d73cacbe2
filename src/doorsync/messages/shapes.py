"""The shapes of the messages. Unknown fields are refused: what a signature covers must be understood whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorsync.domain.record import Kind, Record, Value

VERSION = 1
Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]  # SHA-256 of a sealed batch; "" before the first


class Message(BaseModel):
    """What all messages share: `typ` is also in the signed header, `v` the version that the sender speaks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    v: int = VERSION


class Head(Message):
    """The last batch that the agent accepted for a terminal: sequence number and hash."""

    terminal: str
    seq: int = 0
    hash: Hash = ""


class Hello(Message):
    """Agent to hub, signed: a fresh nonce, which kills older ones, and where each terminal's chain stands.

    `count` rises with every hello and is on the agent's disk before the hello leaves; the hub takes none twice.
    """

    typ: Literal["hello"] = "hello"
    company: str
    agent: str
    count: int
    nonce: Nonce
    software: str
    heads: list[Head]


class Entry(Message):
    """A record on the wire."""

    kind: Kind
    key: str
    fields: dict[str, Value]

    @classmethod
    def of(cls, record: Record) -> Entry:
        """The wire form of a record."""
        return cls(kind=record.kind, key=record.key, fields=dict(record.fields))

    def record(self) -> Record:
        """The record in it."""
        return Record(kind=self.kind, key=self.key, fields=self.fields)


class Order(Message):
    """One thing to do: `put` carries fields; `remove` a key; `read` and `erase` concern the whole terminal (key "")."""

    do: Literal["remove", "put", "read", "erase"]
    kind: Kind = Kind.USER
    key: str = ""
    fields: dict[str, Value] = {}


class Batch(Message):
    """Hub to agent, signed and sealed: orders for one terminal, in the order in which they are to be done."""

    typ: Literal["batch"] = "batch"
    company: str
    agent: str
    terminal: str
    make: str
    address: str
    nonce: Nonce
    seq: int
    prev: Hash
    orders: list[Order]


class Outcome(Message):
    """What became of the order at the same place in the batch.

    `done`: carried out, and `found` is what was read back under its key afterwards (None: nothing there).
    `refused`: the terminal would not; `found` as before. `unknown`: begun, and the terminal was lost. `untouched`: never begun.
    """

    result: Literal["done", "refused", "unknown", "untouched"]
    found: Entry | None = None
    message: str = ""


class Receipt(Message):
    """Agent to hub, signed and sealed. `memory` is the whole memory as read, after a `read` or `erase` order."""

    typ: Literal["receipt"] = "receipt"
    company: str
    agent: str
    terminal: str
    seq: int
    batch: Hash
    state: Literal["done", "partly", "not-reached", "interrupted"]
    message: str = ""
    capabilities: dict[str, Any] | None = None
    outcomes: list[Outcome]
    memory: list[Entry] | None = None


class Refused(Message):
    """Agent to hub, signed: a batch that was not accepted, and the audit code of the reason."""

    typ: Literal["refused"] = "refused"
    company: str
    agent: str
    batch: Hash
    code: str


class Enrolment(Message):
    """Agent to hub, signed with the key that it brings: proof that the agent holds it. `code` is shown once in the hub."""

    typ: Literal["enrolment"] = "enrolment"
    code: str
    keys: dict[str, Any]
    software: str
    url: str = ""


class Enrolled(Message):
    """Hub to agent, signed: who the agent is now, and the hub's keys to pin."""

    typ: Literal["enrolled"] = "enrolled"
    company: str
    agent: str
    name: str
    keys: dict[str, Any]
    origins: list[str]
