"""Agent to hub: what became of a batch."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from doorsync.domain.reason import NO_REASON, TEXT_LENGTH, Reason
from doorsync.messages.batches import Entry
from doorsync.messages.field_types import (
    Code,
    Hash,
    Label,
    Name,
    Number,
    Sequence,
    Serial,
    Text,
    Words,
)
from doorsync.messages.message import Message
from doorsync.messages.sizes import PARTS
from doorsync.messages.terminal_codes import BY_CODE, TerminalCode, in_own_words

PARAMETERS = 8  # of one reason
Parameter = Annotated[Text, Field(max_length=TEXT_LENGTH)]


class StatedReason(BaseModel):
    """A reason on the wire: a code of `terminal_codes`, or of a newer agent's, with parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    code: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")]
    parameters: Annotated[dict[Label, Number | Parameter], Field(max_length=PARAMETERS)] = {}

    @classmethod
    def of(cls, reason: Reason) -> StatedReason | None:
        """As it travels; None for no reason."""
        return cls(code=reason.code, parameters=dict(reason.parameters)) if reason else None

    def stated(self) -> Reason:
        """The reason in it. A code that is not known here, or has other parameters, becomes what the agent says."""
        known = BY_CODE.get(self.code)
        if known and {name: type(value) for name, value in self.parameters.items()} == known.parameters:
            return Reason(self.code, self.parameters)
        return TerminalCode.AGENT_SAYS(text=self.code)


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
    carried out: `done` then says only that `found` was read. `code` is the terminal's own word for a refusal, `reason` says why;
    agents from before version 4 have a sentence instead, `message`.
    """

    SINCE: ClassVar[dict[str, int]] = {"reason": 4}
    result: Literal["done", "refused", "taken", "unknown", "untouched"]
    found: Entry | None = None
    message: Words = ""
    code: Code = ""
    reason: StatedReason | None = None

    def why(self) -> Reason:
        """What the terminal, or the agent, says of it; NO_REASON when it says nothing."""
        return self.reason.stated() if self.reason else in_own_words(self.message) if self.message else NO_REASON


class Receipt(Message):
    """Agent to hub, signed and sealed. `memory` is the whole memory as read, after a `read` or `erase` order.

    Where that is too large, so many `parts` of this `making` go before, and `memory` is the rest.

    `done`: every order was carried out or refused, and read back. `partly`: the terminal was lost on the way.
    `not-reached`: nothing was begun. `other-device`: nothing was begun, because not the device of the batch answered.
    `interrupted`: the agent itself stopped on the way; nothing was driven again.
    `device` is what the terminal said of itself before the first order, where it said anything. `code`: `secret-refused` when
    the terminal answers and does not accept its secret. `statements`: a signed RemovalStatement for each person who is out.
    `reason` and `message` are as in an outcome, of the whole batch.
    """

    SINCE: ClassVar[dict[str, int]] = {"code": 3, "statements": 4, "reason": 4}
    typ: Literal["receipt"] = "receipt"
    company: Name
    agent: Name
    terminal: Name
    seq: Sequence
    batch: Hash
    state: Literal["done", "partly", "not-reached", "other-device", "interrupted"]
    message: Words = ""
    code: Code = ""
    reason: StatedReason | None = None
    device: Device | None = None
    outcomes: list[Outcome]
    memory: list[Entry] | None = None
    statements: list[str] = []
    parts: Annotated[int, Field(ge=0, le=PARTS)] = 0
    making: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""

    def why(self) -> Reason:
        """What the agent says of the whole batch; NO_REASON when it says nothing."""
        if self.reason:
            return self.reason.stated()
        return TerminalCode.AGENT_SAYS(text=self.message) if self.message else NO_REASON


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
