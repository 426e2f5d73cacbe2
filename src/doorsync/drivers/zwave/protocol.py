"""What is said to Z-Wave JS's server: JSON objects, and what its answers mean. Pure.

Source: the published documents of Z-Wave JS and of its server, schema 47 to 50.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

OLDEST_SCHEMA, NEWEST_SCHEMA = 47, 50  # `access_control` came with the first; the second is what this was written for
CONTROL = "endpoint.access_control."
USER_CREDENTIAL = 0x83
ALIVE = (1, 2, 4)  # asleep, awake, alive; dead is 3, unknown 0


class Malformed(ValueError):
    """Not what Z-Wave JS's server says."""


class UserType(IntEnum):
    """Who somebody is to the lock. Its own administrator is PROGRAMMING."""

    GENERAL = 0
    PROGRAMMING = 3


class CredentialType(IntEnum):
    """What opens the lock."""

    PIN = 1
    RFID = 3


RESULTS = {
    1: "The place is taken by somebody else.",
    2: "The place is empty.",
    3: "Somebody else at this lock has this PIN or card.",
    4: "The lock's own security rules refuse it.",
    5: "It is the lock's administrator code.",
    6: "The lock holds this credential for somebody else.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a lock is: the server's URL, and the lock's node in that network."""

    server: str
    node: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockUser:
    """One user of a lock."""

    place: int
    active: bool
    own: bool
    name: str


def address_of(text: str) -> Address:
    """Read ws://HOST:PORT#NODE. Raises Malformed."""
    server, _, node = text.partition("#")
    if not server.startswith(("ws://", "wss://")) or "@" in server or not node.isdecimal() or not 1 < int(node) < 65536:
        raise Malformed("Not an address of a Z-Wave lock: write ws://HOST:3000#NODE.")
    return Address(server=server, node=int(node))


def request(number: int, command: str, **content: Any) -> str:
    """A command as the server reads it."""
    return json.dumps({"messageId": str(number), "command": command, **content})


def message_of(text: str | bytes) -> Mapping[str, Any]:
    """A message of the server. Raises Malformed."""
    try:
        message = json.loads(text)
    except ValueError as error:
        raise Malformed from error
    if not isinstance(message, dict):
        raise Malformed
    return message


def schema_in(version: Mapping[str, Any]) -> int:
    """The newest schema that both sides speak, from the server's first message. Raises Malformed."""
    newest = version.get("maxSchemaVersion")
    if version.get("type") != "version" or not isinstance(newest, int):
        raise Malformed("This is not a Z-Wave JS server.")
    if newest < OLDEST_SCHEMA:
        raise Malformed(f"The Z-Wave JS server is too old: it speaks schema {newest}, and {OLDEST_SCHEMA} is needed.")
    return min(newest, NEWEST_SCHEMA)


def status_in(answer: Any) -> int:
    """Whether the node is alive, as its number. Raises Malformed."""
    try:
        return int(answer["state"]["status"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed from error


def added_user_in(answer: Any) -> int:
    """The result for the user of an answer to `add_user`. Raises Malformed."""
    try:
        return int(answer["result"]["user"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed from error


def user_in(entry: Any) -> LockUser | None:
    """A user, or None for a place that nobody has. Raises Malformed."""
    try:
        user = LockUser(
            place=int(entry["userId"]),
            active=bool(entry["active"]),
            own=entry.get("userType", 0) == UserType.PROGRAMMING,
            name=str(entry.get("userName") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed from error
    return user if user.active or user.name else None


def credentials_in(entries: Any) -> dict[int, list[tuple[int, int, str]]]:
    """Place -> type, slot and value of each credential; a card as a decimal number. Raises Malformed."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    if not isinstance(entries, Sequence):
        raise Malformed
    for entry in entries:
        try:
            kind, slot = int(entry["type"]), int(entry["slot"])
            found.setdefault(int(entry["userId"]), []).append((kind, slot, _value_in(kind, entry.get("data"))))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed from error
    return found


def card_bytes(number: str, shortest: int) -> dict[str, Any]:
    """A card number as the lock holds it: its bytes, the most significant first, at least so many."""
    value = int(number)
    size = max(shortest, (value.bit_length() + 7) // 8, 1)
    return {"type": "Buffer", "data": list(value.to_bytes(size, "big"))}


def _value_in(kind: int, data: Any) -> str:
    if kind != CredentialType.RFID:
        return data if isinstance(data, str) else ""
    content = bytes(data["data"]) if isinstance(data, dict) else str(data or "").encode("latin-1")
    return str(int.from_bytes(content, "big"))
