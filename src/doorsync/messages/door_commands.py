"""Hub to agent: open a door, once and now; and the agent's answer. Since version 5; an older agent is never sent one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from doorsync.messages.field_types import Code, Label, Name, Nonce, Serial, Text, Words
from doorsync.messages.message import Message
from doorsync.messages.receipts import StatedReason

SINCE_VERSION = 5
LONGEST = 60  # seconds for which a nonce is good
Result = Literal["opened", "refused", "not-reached", "other-device", "expired", "unknown"]


class DoorCommand(Message):
    """Hub to agent, signed and sealed: what to do at one door of one terminal, at most once.

    It is void when the `nonce` is not the agent's newest, or older than `nonce_age` seconds by the agent's own clock. `id` is
    drawn anew for each. `serial` must be just that of the device, "" where its make has none. The other fields are those of a
    batch.
    """

    typ: Literal["door-command"] = "door-command"
    company: Name
    agent: Name
    terminal: Name
    name: Annotated[Text, Field(max_length=100)] = ""
    make: Name
    address: Words
    serial: Serial = ""
    secret: Annotated[Text, Field(max_length=200, repr=False)] = ""
    options: dict[Label, Words] = {}
    zone: Label = ""
    id: Nonce
    nonce: Nonce
    nonce_age: Annotated[int, Field(ge=1, le=LONGEST)]
    do: Literal["open"] = "open"
    door: Annotated[int, Field(ge=1, le=999)] = 1


class DoorAnswer(Message):
    """Agent to hub, signed and sealed: what became of the command with this `id`.

    `opened`: the terminal said that it opens the door. `refused`: it would not. `not-reached`, `other-device`, `expired`: it was
    not asked; the last says that the command, or its turn at the terminal, came too late. `unknown`: it was asked and did not
    answer. `code` and `reason` are as in a receipt.
    """

    typ: Literal["door-answer"] = "door-answer"
    company: Name
    agent: Name
    terminal: Name
    id: Nonce
    result: Result
    code: Code = ""
    reason: StatedReason | None = None
