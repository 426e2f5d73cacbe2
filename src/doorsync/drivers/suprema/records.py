"""People and cards as G-SDK spells them, and back. Pure.

A device is given the access groups with the numbers of a person's time schedules; see `schedules`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.suprema import gsdk_pb2 as gsdk

CARD_BYTES = 32  # of every card, with zeros in front
LONGEST_NAME = 48  # letters
SHORTEST_PIN, LONGEST_PIN = 4, 16
CARDS, GROUPS = 8, 16  # of one person, at most
DISABLED = 0x80  # of a user's flags
AS_DEVICE = 0xFF  # a way of authentication of somebody's own: none
LATEST = 2**32 - 1  # second that fits
CARD_TYPES = {"csn": 1, "wiegand": 10}


class Unfit(Exception):
    """Why a device cannot hold a record: a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How one device is written to: the type of its cards, and the time zone of its location."""

    card_type: int = CARD_TYPES["csn"]
    zone: ZoneInfo


def user_of(record: Record, there: gsdk.UserInfo | None, spelling: Spelling) -> gsdk.UserInfo:
    """The person, with fingerprints, faces and what else they have at the device kept. Without the PIN. Raises Unfit."""
    user = gsdk.UserInfo()
    if there is not None:
        user.CopyFrom(there)
    else:
        _with_the_devices_ways(user.setting)
    name, cards = str(record.fields["name"]), _texts(record, "cards")
    if len(name) > LONGEST_NAME:
        raise Unfit("The device cannot hold a name of this length.")
    if len(cards) > CARDS or any(int(card) >= 2 ** (8 * CARD_BYTES) for card in cards):
        raise Unfit("The device cannot hold these cards.")
    if len(_texts(record, "schedules")) > GROUPS:
        raise Unfit("The device cannot hold so many time schedules of one person.")
    user.hdr.ID = record.key
    user.hdr.userFlag &= ~DISABLED
    user.hdr.numOfCard = len(cards)
    user.name = name
    user.setting.startTime = 0
    user.setting.endTime = end_of(str(record.fields.get("until") or ""), spelling.zone)
    del user.cards[:]
    user.cards.extend(gsdk.CSNCardData(type=spelling.card_type, size=CARD_BYTES, data=card_bytes(card)) for card in cards)
    del user.accessGroupIDs[:]
    user.accessGroupIDs.extend(int(key) for key in _texts(record, "schedules"))
    return user


def record_of(user: gsdk.UserInfo, spelling: Spelling, now: float) -> Record:
    """The person as read. Who is disabled, or not valid yet, opens nothing, whatever they have."""
    opens = not user.hdr.userFlag & DISABLED and user.setting.startTime <= now
    cards = sorted(_card_of(card, spelling) for card in user.cards) if opens else []
    fields: dict[str, Value] = {
        "name": user.name,
        "cards": cards,
        "schedules": sorted({str(group) for group in user.accessGroupIDs}) if opens else [],
        "until": until_of(user.setting.endTime, spelling.zone),
    }
    return Record(kind=Kind.USER, key=user.hdr.ID, fields=fields)


def checked_pin(record: Record) -> str:
    """Raises Unfit."""
    pin = str(record.fields["pin"])
    if pin and not (SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise Unfit("The device cannot hold a PIN of this length.")
    return pin


def card_bytes(card: str) -> bytes:
    """The most significant byte first."""
    return int(card).to_bytes(CARD_BYTES, "big")


def end_of(until: str, zone: ZoneInfo) -> int:
    """The second at which a wall clock shows this, 0 for never. Of an hour that comes twice it is the first. Raises Unfit."""
    if not until:
        return 0
    second = int(datetime.fromisoformat(until).replace(tzinfo=zone).timestamp())
    if not 0 < second <= LATEST:
        raise Unfit("The device cannot hold an expiry of that year.")
    return second


def until_of(second: int, zone: ZoneInfo) -> str:
    """The wall clock at that second. A part of a minute counts as a whole one, so that it differs from what was written."""
    if not second:
        return ""
    moment = datetime.fromtimestamp(math.ceil(second / 60) * 60, tz=UTC).astimezone(zone)
    return f"{moment:%Y-%m-%dT%H:%M}"


def _card_of(card: gsdk.CSNCardData, spelling: Spelling) -> str:
    """A card of another type than the device is written with never opens as one of ours: it gets a number that no card has."""
    number = int.from_bytes(card.data, "big")
    return str(number if card.type == spelling.card_type else number + ((card.type + 1) << (8 * CARD_BYTES)))


def _with_the_devices_ways(setting: gsdk.UserSetting) -> None:
    setting.biometricAuthMode = setting.cardAuthMode = setting.IDAuthMode = AS_DEVICE
    setting.faceAuthExtMode = setting.fingerAuthExtMode = setting.cardAuthExtMode = setting.IDAuthExtMode = AS_DEVICE


def _texts(record: Record, name: str) -> Sequence[str]:
    value = record.fields.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
