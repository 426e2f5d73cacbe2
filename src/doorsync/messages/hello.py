"""Agent to hub: here I am, and this is how far each terminal's batches have come."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from doorsync.messages.field_types import (
    Fingerprint,
    Hash,
    Name,
    Nonce,
    Number,
    Reached,
    Words,
)
from doorsync.messages.make_info import MakeInfo, NearbyTerminal
from doorsync.messages.message import Message
from doorsync.messages.sizes import HEADS, MAKES, NEARBY


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
