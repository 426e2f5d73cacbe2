"""What a lock can hold, as Z-Wave JS knows it from its interview. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorsync.domain.capabilities import Capabilities, ChangeDetection, KeyForm, Letters
from doorsync.drivers.zwave.protocol import CredentialType, Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialLimits:
    """How many credentials of one type a lock holds, and how long one is: digits of a PIN, bytes of a card."""

    slots: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockLimits:
    """How many users, how long a name, and which credentials."""

    users: int
    name_length: int
    credentials: Mapping[CredentialType, CredentialLimits]

    def hold(self, fields: Mapping[str, Any]) -> bool:
        """Whether the fields of a user fit. What does not may come back cut."""
        can = self.capabilities()
        pin, cards = fields["pin"], fields["cards"]
        fits = len(fields["name"].encode()) <= can.name_bytes and len(cards) <= can.cards_per_user
        return (
            fits and (not pin or can.pin_min <= len(pin) <= can.pin_max) and all(int(card) < 2**can.card_bits for card in cards)
        )

    def capabilities(self) -> Capabilities:
        """In the words of the hub. Somebody's credentials are in the slots with the number of their place."""
        pin, card = self.credentials.get(CredentialType.PIN), self.credentials.get(CredentialType.RFID)
        return Capabilities(
            capacity=min([self.users, *(limits.slots for limits in self.credentials.values())]),
            schedules=0,
            schedules_per_user=0,
            name_bytes=self.name_length,
            name_letters=Letters.ASCII if self.name_length else Letters.NONE,
            cards_per_user=1 if card else 0,
            card_bits=8 * card.longest if card else 0,
            pin_min=pin.shortest if pin else 1,
            pin_max=pin.longest if pin else 0,
            pins_unique=True,
            open_without_schedule=True,
            until=False,
            key_form=KeyForm.PLACE,
            first_place=1,
            readable=("name", "cards", "pin", "schedules"),
            schedule_readable=(),
            change_detection=ChangeDetection.CHECKSUM,
        )


def limits_in(users: Any, credentials: Any) -> LockLimits:
    """From the answers about users and about credentials. Raises Malformed."""
    try:
        of_users, types = users["capabilities"], credentials["capabilities"]["supportedCredentialTypes"]
        known = {int(kind): limits for kind, limits in types.items()}
        return LockLimits(
            users=int(of_users["maxUsers"]),
            name_length=int(of_users.get("maxUserNameLength") or 0),
            credentials={kind: _limits(known[kind]) for kind in CredentialType if kind in known},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Malformed from error


def _limits(entry: Mapping[str, Any]) -> CredentialLimits:
    return CredentialLimits(
        slots=int(entry["numberOfCredentialSlots"]),
        shortest=int(entry["minCredentialLength"]),
        longest=int(entry["maxCredentialLength"]),
    )
