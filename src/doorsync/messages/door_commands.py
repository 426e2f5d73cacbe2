"""Hub to agent: open a door once, or change its mode, now; and the agent's answer.

Opening came with version 5, modes with version 6; an older agent is never sent one.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from doorsync.domain.door_modes import DoorMode
from doorsync.messages.field_types import Code, Label, Name, Nonce, Serial, Text, Words
from doorsync.messages.message import Message
from doorsync.messages.receipts import StatedReason

SINCE_VERSION = 5
MODES_SINCE = 6
LONGEST_HOLD = 24 * 60 * 60  # seconds
LONGEST = 60  # seconds for which a nonce is good
Deed = Literal["open", "hold", "lock-down", "back"]
MODES = {
    "hold": DoorMode.HELD_OPEN,
    "lock-down": DoorMode.LOCKED_DOWN,
    "back": DoorMode.SCHEDULE,
}  # into which a deed puts a door
Result = Literal["opened", "done", "refused", "not-reached", "other-device", "expired", "unknown"]


class DoorCommand(Message):
    """Hub to agent, signed and sealed: what to do at one door of one terminal, at most once.

    It is void when the `nonce` is not the agent's newest, or older than `nonce_age` seconds by the agent's own clock. `id` is
    drawn anew for each. `serial` must be just that of the device, "" where its make has none. The other fields are those of a
    batch. `do`: open it once; hold it open for `seconds`, after which the agent gives it back by itself; lock it down; give it
    back to its schedules.
    """

    SINCE: ClassVar[dict[str, int]] = {"seconds": MODES_SINCE}

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
    do: Deed = "open"
    door: Annotated[int, Field(ge=1, le=999)] = 1
    seconds: Annotated[int, Field(ge=0, le=LONGEST_HOLD)] = 0

    @model_validator(mode="after")
    def _only_a_hold_has_an_end(self) -> Self:
        if (self.do == "hold") is not bool(self.seconds):
            raise ValueError("seconds")
        return self

    def newer_than(self, version: int) -> dict[str, Any]:
        """As of every message; an older agent would not understand what it should do."""
        if self.do != "open" and version < MODES_SINCE:
            raise ValueError(f"Version {version} of this message does not say {self.do}.")
        return super().newer_than(version)


class DoorAnswer(Message):
    """Agent to hub, signed and sealed: what became of the command with this `id`.

    `opened`: the terminal said that it opens the door. `done`: it is in the mode that was asked for, which was read back.
    `refused`: it would not. `not-reached`, `other-device`, `expired`: it was not asked; the last says that the command, or
    its turn at the terminal, came too late. `unknown`: it was asked and did not answer, or says that it is in another mode.
    `mode`: the one that was read back, "" where none was. `code` and `reason` are as in a receipt.
    """

    SINCE: ClassVar[dict[str, int]] = {"mode": MODES_SINCE}
    typ: Literal["door-answer"] = "door-answer"
    company: Name
    agent: Name
    terminal: Name
    id: Nonce
    result: Result
    code: Code = ""
    reason: StatedReason | None = None
    mode: Literal["", "schedule", "held-open", "locked-down"] = ""
