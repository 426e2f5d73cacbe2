"""Agent to hub: what became of a batch."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from doorsync.messages.batches import Entry
from doorsync.messages.field_types import (
    Code,
    Hash,
    Label,
    Name,
    Number,
    Sequence,
    Serial,
    Words,
)
from doorsync.messages.message import Message
from doorsync.messages.sizes import PARTS


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
    the terminal answers and does not accept its secret. `statements`: a signed RemovalStatement for each person who is out.
    """

    SINCE: ClassVar[dict[str, int]] = {"code": 3, "statements": 4}
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
    statements: list[str] = []
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
