"""Check a revocation receipt, the file that says who is out of which doors, by what agents signed. Asks no hub."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused
from doorsync.messages.keys import PublicKeys
from doorsync.messages.removal_statement import RemovalStatement

TYPE: Literal["doorsync-revocation-receipt"] = "doorsync-revocation-receipt"
LARGEST = 16 * 1024 * 1024  # bytes of a file


class NoReceipt(ValueError):
    """The file is no revocation receipt."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Person(_Shape):
    number: int
    name: str = ""


class _Door(_Shape):
    door: str
    serial: str = ""
    confirmed_at: str = ""
    statement: str = ""
    signed_with: dict[str, Any] = {}


class _Receipt(_Shape):
    type: Literal["doorsync-revocation-receipt"]
    version: Literal[1]
    company: Annotated[str, Field(min_length=1)]
    person: _Person
    doors: list[_Door]
    waiting: list[str]
    present: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorVerdict:
    """One door: by the statement out since `at` (the agent's clock, UTC), or the `fault` for which that is not shown.

    `key` is the fingerprint of the agent's keys, as agents and hub show it; `read_back`: the memory was read afterwards.
    """

    door: str
    serial: str
    at: str = ""
    key: str = ""
    read_back: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a file shows about one person. `waiting`: doors that still had them when the file was made; `present`: have again."""

    company: str
    number: int
    name: str
    doors: list[DoorVerdict]
    waiting: list[str]
    present: list[str]

    @property
    def is_out(self) -> bool:
        """Whether each door is shown to be without them, and none had them when the file was made."""
        return bool(self.doors) and not any(door.fault for door in self.doors) and not self.waiting and not self.present


def check_receipt(text: str, trusted: Collection[str] = ()) -> Verdict:
    """Check each statement. `trusted`: fingerprints of agents' keys; without any, each key in the file. Raises NoReceipt."""
    try:
        receipt = _Receipt.model_validate_json(text)
    except ValidationError:
        raise NoReceipt("This file is no revocation receipt of Doorsync, or not a whole one.") from None
    return Verdict(
        company=receipt.company,
        number=receipt.person.number,
        name=receipt.person.name,
        doors=[_checked(receipt, door, trusted) for door in receipt.doors],
        waiting=receipt.waiting,
        present=receipt.present,
    )


def _checked(receipt: _Receipt, door: _Door, trusted: Collection[str]) -> DoorVerdict:
    if not door.statement:
        return DoorVerdict(door=door.door, serial=door.serial, fault="only the hub says so: no agent signed it")
    try:
        keys = PublicKeys.load(door.signed_with)
        said = envelope.verify(door.statement, RemovalStatement, keys.sign)
    except (ValueError, MessageRefused):
        return DoorVerdict(door=door.door, serial=door.serial, fault="the statement was changed, or signed with another key")
    key = keys.fingerprint()
    if (said.company, said.user, said.name, said.serial) != (
        receipt.company,
        str(receipt.person.number),
        door.door,
        door.serial,
    ):
        return DoorVerdict(door=door.door, serial=door.serial, key=key, fault="the statement is about another person or door")
    if trusted and key not in trusted:
        return DoorVerdict(door=door.door, serial=door.serial, key=key, fault="signed with a key that is not among those given")
    return DoorVerdict(door=door.door, serial=door.serial, at=said.at, key=key, read_back=said.read_back)
