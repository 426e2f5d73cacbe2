"""What an agent signs about each person who was removed: it can be shown to others without the receipt that it came in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from doorsync.messages.field_types import Hash, Key, Label, Name, Serial, Text
from doorsync.messages.message import Message


class RemovalStatement(Message):
    """Agent to anybody, signed: this user is not in this terminal any more.

    `user` is their number at the hub, `name` what people call the terminal, `serial` the serial number that its device told,
    "" where it tells none. `at` is the agent's clock, in UTC. `read_back`: the memory was read afterwards and they were not in
    it; otherwise the terminal only answered that it has removed them.
    """

    typ: Literal["removal"] = "removal"
    company: Name
    agent: Name
    terminal: Name
    name: Annotated[Text, Field(max_length=100)] = ""
    serial: Serial = ""
    user: Key
    at: Label
    read_back: bool
    batch: Hash
