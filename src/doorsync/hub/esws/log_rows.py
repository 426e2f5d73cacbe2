"""The rows of the access log as getLogs and getLogsById give them, with the words of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from doorsync.domain.door_events import CredentialUsed, EventCode, Reason
from doorsync.hub.esws.refusals import Refused
from doorsync.hub.esws.values import INTEGER, STRING, ArrayOf, Struct
from doorsync.hub.events.models import AccessEvent
from doorsync.hub.events.queries import event_choices, local_time
from doorsync.hub.users.models import User
from doorsync.hub.users.queries import portions

NOTHING = "-1 NO RECORD"
MOST = 20_000  # rows of one answer
IDENTIFIED = (CredentialUsed.FINGER, CredentialUsed.FACE, CredentialUsed.PIN_ALONE)  # one of all people was found
GRANTED = {CredentialUsed.PLATE: "Verify Success LPN", CredentialUsed.PHONE: "Verify Mobile Card"}
DENIED = {
    Reason.EXPIRED: "Expired User",
    Reason.DISABLED: "Identify Disabled",
    Reason.ANTI_PASSBACK: "Access Denied APB",
    Reason.OTHER: "Access Not Granted",
}


class NoRecord(Refused):
    """There is no event like this."""


class TooManyRecords(Refused):
    """There are more events in this time than one answer holds."""


@dataclass(frozen=True, slots=True)
class LogStruct(Struct):
    """A row of a log, which carries a return string in its Terminal."""

    def problem(self, text: str) -> dict[str, Any]:
        """An empty row with the text."""
        return {name: 0 if kind is INTEGER else "" for name, kind in self.fields.items()} | {"Terminal": text}


ROWS = ArrayOf(
    LogStruct(
        "getLogsObject",
        {
            "scanID": INTEGER,
            "Terminal": STRING,
            "TerminalKey": STRING,
            "UserID": STRING,
            "Time": STRING,
            "LocationId": INTEGER,
            "LocationName": STRING,
            "Success": INTEGER,
            "TerminalName": STRING,
            "LogText": STRING,
        },
    )
)


SAMPLE = {
    "scanID": 4712,
    "Terminal": "543714888",
    "TerminalKey": "",
    "UserID": "2179",
    "Time": "2026-11-27 08:31:07",
    "LocationId": 1,
    "LocationName": "Main",
    "Success": 1,
    "TerminalName": "Gate",
    "LogText": "Verify Success",
}


def rows_of(events: Iterable[AccessEvent], *, own_ids: bool) -> list[dict[str, Any]]:
    """Rows for these events. `own_ids`: people by the third party's own id where they have one. Raises NoRecord."""
    found = list(events)
    if not found:
        raise NoRecord
    by_name = event_choices().terminal_names
    ids = _own_ids({event.user_number for event in found if event.user_number is not None}) if own_ids else {}
    return [_row(event, ids, by_name=by_name) for event in found]


def log_text(event: AccessEvent) -> str:
    """The documentation's words for what happened."""
    kind = "Identify" if event.used in IDENTIFIED else "Verify"
    if event.code == EventCode.GRANTED:
        return GRANTED.get(CredentialUsed(event.used), f"{kind} Success" if event.used else "Access granted")
    if event.reason in (Reason.UNKNOWN, Reason.WRONG_PIN):
        return f"{kind} Fail"
    if event.reason in (Reason.OUTSIDE_HOURS, Reason.NO_HOURS):
        return f"{kind} Not Granted"
    return DENIED.get(_reason(event.reason), DENIED[Reason.OTHER])


def _row(event: AccessEvent, ids: Mapping[int, str], *, by_name: bool) -> dict[str, Any]:
    number = event.user_number
    return {
        "scanID": event.number,
        "Terminal": event.terminal_name if by_name else event.log.serial,
        "TerminalKey": "",
        "UserID": "" if number is None else ids.get(number, str(number)),
        "Time": local_time(event).strftime("%Y-%m-%d %H:%M:%S"),
        "LocationId": event.location_id or 0,
        "LocationName": event.location.name if event.location else "",
        "Success": int(event.code == EventCode.GRANTED),
        "TerminalName": event.terminal_name,
        "LogText": log_text(event),
    }


def _own_ids(numbers: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in portions(sorted(numbers)):
        users = User.objects.filter(number__in=some).exclude(external_id="")
        found |= dict(users.values_list("number", "external_id"))
    return found


def _reason(word: str) -> Reason:
    return Reason(word) if word in {each.value for each in Reason} else Reason.OTHER
