"""What a terminal says of its door: who came, with what, and whether it opened. Words that driver, messages and hub share.

A PIN is never in an event, and a card only where nobody at the terminal has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

CARD_DIGITS = 32  # at most


class EventCode(StrEnum):
    """What happened. The words are stored and must not change."""

    GRANTED = "granted"
    DENIED = "denied"
    OTHER = "other"  # something about the door that concerns no person: `reason` is the terminal's own word
    LOST = "lost"  # entries that the terminal wrote over before anybody read them; `lost` says how many


class Reason(StrEnum):
    """Why somebody was denied. The words are stored and must not change."""

    UNKNOWN = "unknown"  # nobody at the terminal has the card, or whatever was shown
    WRONG_PIN = "wrong-pin"
    OUTSIDE_HOURS = "outside-hours"
    NO_HOURS = "no-hours"  # known to the terminal, but with no time schedule that it holds
    EXPIRED = "expired"
    DISABLED = "disabled"
    ANTI_PASSBACK = "anti-passback"
    OTHER = "other"  # the terminal did not say


class CredentialUsed(StrEnum):
    """What was shown to the terminal. The words are stored and must not change."""

    NOTHING = ""
    CARD = "card"
    PIN = "pin"  # with the person's number: one person was checked
    PIN_ALONE = "pin-alone"
    QR = "qr"
    PLATE = "plate"
    FINGER = "finger"
    FACE = "face"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """A place in a terminal's log; position 0 is before the oldest entry.

    `series` names an unbroken count of positions from 1 on: a log that was reset begins another one.
    """

    series: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorEvent:
    """One entry of a terminal's log. `wall` is what its clock said, "YYYY-MM-DDTHH:MM:SS".

    `key` is that of the user's record at the terminal, "" where it knows nobody; `card`, as the terminal spells it, is there
    only then. `lost` is 0 but in an entry with the code LOST, whose position is that of the last entry that was lost.
    """

    position: int
    wall: str
    code: EventCode
    reason: str = ""
    key: str = ""
    used: CredentialUsed = CredentialUsed.NOTHING
    card: str = field(default="", repr=False)
    door: int = 1
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some entries of a log in the order of their positions, and which positions the terminal holds: `oldest` to `last`.

    An empty log has `oldest` = `last` + 1.
    """

    series: str
    oldest: int
    last: int
    events: tuple[DoorEvent, ...] = ()
