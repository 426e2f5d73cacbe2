"""Who agent and hub are to each other: enrolment, and changes of keys."""

from __future__ import annotations

from typing import Any, Literal

from doorsync.messages.field_types import (
    Name,
    Text,
    Words,
)
from doorsync.messages.message import Message


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
