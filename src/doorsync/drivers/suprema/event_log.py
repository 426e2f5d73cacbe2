"""The access log of a device as door events. A device counts its entries, and writes over its oldest by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doorsync.domain.door_events import CARD_DIGITS, CredentialUsed, DoorEvent, EventCode, LogPage, LogPosition, Reason
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema import methods
from doorsync.drivers.suprema.gateway import Gateway

GRANTED = frozenset({0x1000, 0x1200, 0x1300, 0x1500, 0x1600, 0x1B00})  # checked one or among many; under duress; by two
DENIED = frozenset({0x1100, 0x1400, 0x1700, 0x1800, 0x1900, 0x1A00, 0x1C00})
ONE_OF_MANY, ACCESS_DENIED = frozenset({0x1300, 0x1500}), 0x1900
NOT_KNOWN = frozenset({0x1100, 0x1400})
REASONS = {
    1: Reason.OUTSIDE_HOURS,  # no access group that opens at this hour
    2: Reason.DISABLED,
    3: Reason.EXPIRED,
    4: Reason.DISABLED,  # the card is blocked
    5: Reason.ANTI_PASSBACK,
    6: Reason.ANTI_PASSBACK,
    25: Reason.DISABLED,
    26: Reason.DISABLED,
}
FAILED = {
    1: (Reason.UNKNOWN, CredentialUsed.PIN),
    2: (Reason.UNKNOWN, CredentialUsed.CARD),
    3: (Reason.WRONG_PIN, CredentialUsed.PIN),
    4: (Reason.UNKNOWN, CredentialUsed.FINGER),
    5: (Reason.UNKNOWN, CredentialUsed.FACE),
    8: (Reason.UNKNOWN, CredentialUsed.PHONE),
    12: (Reason.UNKNOWN, CredentialUsed.QR),
}


class EventLog:
    """Reads entries by their number."""

    def __init__(self, gateway: Gateway, zone: ZoneInfo) -> None:
        self._gateway = gateway
        self._zone = zone

    def page(self, after: LogPosition, most: int) -> LogPage:
        """Entries after a position. A log that begins below it, and no longer has it, has begun again: the next series."""
        series, start = after.series or "1", after.position + 1
        oldest = next(iter(self._read(0, 1)), None)
        found = self._read(start, most + 1) if after.series else self._read(0, most + 1)
        if not found and after.series and self._began_again(after.position, oldest):
            series, found = str(int(series) + 1), self._read(0, most + 1)
        last = found[-1].ID if found else after.position if series == after.series else 0
        first = oldest.ID if oldest else last + 1
        return LogPage(series=series, oldest=first, last=last, events=tuple(self._event(each) for each in found[:most]))

    def _began_again(self, position: int, oldest: gsdk.EventLog | None) -> bool:
        if not position:
            return False
        held = self._read(position, 1)
        return oldest is not None and position >= oldest.ID and not (held and position == held[0].ID)

    def _read(self, start: int, most: int) -> list[gsdk.EventLog]:
        request = gsdk.GetLogRequest(deviceID=self._gateway.device, startEventID=start, maxNumOfLog=most)
        entries = self._gateway.ask(methods.GET_LOG, request).events
        return sorted((each for each in entries if start <= each.ID), key=lambda each: each.ID)[:most]

    def _event(self, entry: gsdk.EventLog) -> DoorEvent:
        kind = entry.eventCode & 0xFF00
        code = EventCode.GRANTED if kind in GRANTED else EventCode.DENIED if kind in DENIED else EventCode.OTHER
        failed = FAILED.get(entry.subCode, (Reason.OTHER, CredentialUsed.NOTHING))
        used = failed[1] if kind in NOT_KNOWN else _used(kind, entry.subCode)
        reason = "" if code is EventCode.GRANTED else _reason(kind, entry)
        unknown = code is EventCode.DENIED and not entry.userID
        return DoorEvent(
            position=entry.ID,
            wall=datetime.fromtimestamp(entry.timestamp, tz=UTC).astimezone(self._zone).strftime("%Y-%m-%dT%H:%M:%S"),
            code=code,
            reason=reason,
            key="" if code is EventCode.OTHER else entry.userID,
            used=used,
            card=_card(entry.cardData) if unknown else "",
        )


def _reason(kind: int, entry: gsdk.EventLog) -> str:
    if kind == ACCESS_DENIED:
        return REASONS.get(entry.subCode, Reason.OTHER)
    if kind in NOT_KNOWN:
        return FAILED.get(entry.subCode, (Reason.OTHER, CredentialUsed.NOTHING))[0]
    return Reason.OTHER if kind in DENIED else f"0x{entry.eventCode:04x}"


def _used(kind: int, sub: int) -> CredentialUsed:
    if kind in ONE_OF_MANY:
        return CredentialUsed.FACE if sub in (3, 4, 5, 6) else CredentialUsed.FINGER if sub else CredentialUsed.NOTHING
    if kind not in (0x1000, 0x1200):
        return CredentialUsed.NOTHING
    by = {
        1: CredentialUsed.PIN,
        2: CredentialUsed.FINGER,
        3: CredentialUsed.FINGER,
        4: CredentialUsed.FACE,
        5: CredentialUsed.FACE,
    }
    if sub in by:
        return by[sub]
    if 6 <= sub <= 17:
        return CredentialUsed.CARD
    if 22 <= sub <= 33:
        return CredentialUsed.PHONE
    return CredentialUsed.QR if 37 <= sub <= 44 else CredentialUsed.NOTHING


def _card(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    return str(number) if number and len(str(number)) <= CARD_DIGITS else ""
