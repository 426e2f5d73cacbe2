"""Hub to agent: orders for one terminal, and the records in them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from doorsync.domain.record import Kind, Record
from doorsync.messages.field_types import (
    Hash,
    Key,
    Label,
    Name,
    Nonce,
    Sequence,
    Serial,
    Text,
    Value,
    Words,
)
from doorsync.messages.message import Message


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
    Without orders the terminal is only asked what it says of itself. `users`: the numbers of people who are removed, by key.
    """

    SINCE: ClassVar[dict[str, int]] = {"secret": 3, "options": 3, "zone": 3, "users": 4}
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
    users: dict[Key, Key] = {}
