"""A gym's own program. It knows the documentation's pages and nothing else of Doorsync: zeep, the WSDL, a security code."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import zeep

FOR_EVER = "2099-12-31"
SYNC_CODE, NUMBER = "[0-9A-Za-z]{64}", "[1-9][0-9]*"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WRITTEN = "%Y-%m-%d %H:%M:%S"
NOBODY = "-1 NO RECORD"
LOCKER = {"info2": "locker 7"}


class GymProgram:
    """Keeps what it was answered: the number of each member, and the rows of the log, as it fetched them."""

    def __init__(self, url: str, code: str) -> None:
        client: Any = zeep.Client  # zeep tells no types
        self._client = client(f"{url}/webservicesesws?wsdl")
        self._code = code
        self.numbers: dict[str, str] = {}
        self.log: list[dict[str, Any]] = []
        self.log_by_id: list[dict[str, Any]] = []
        self.fetched_up_to = self._a_minute_ago()

    def close(self) -> None:
        self._client.transport.session.close()

    def call(self, operation: str, **given: str | dict[str, str]) -> Any:
        """What the service returns."""
        return self._client.service[f"Esws.{operation}"](p_companyID=self._code, **given)

    def save(self, member: str, last_name: str, *, group: str, card: str, until: str = FOR_EVER) -> None:
        """Somebody comes, or their stay changes."""
        who = {"p_wsAltUserId": member, "p_PIN": "", "p_Achternaam": last_name, "p_Voornaam": "Kim", "p_Admin": "0"}
        stay = {"p_Security": "0", "p_StartDate": "2020-01-01", "p_ExpireDate": until}
        opens = {"p_groupName": group, "p_groupUpdate": "1", "p_cardId": card, "p_cardCustom": "", "p_licensePlate": ""}
        rest = {"p_isVisitor": "0", "p_locationID": "", "p_phone": "", "p_syncToTapkey": "0"}
        self.numbers[member] = _like(NUMBER, self.call("updateUserAltId", p_infoFields=LOCKER, **who, **stay, **opens, **rest))

    def replace_card(self, member: str, card: str) -> None:
        """The one before is lost."""
        _like("OK", self.call("updateCard", p_wsAltUserId=member, p_usbCardId=card))

    def qr(self, member: str) -> str | None:
        """The text of their QR code."""
        text: str | None = self.call("getQR", p_wsAltUserId=member)
        return text

    def new_qr(self, member: str) -> str:
        return _like("[0-9a-zA-Z]{32}", self.call("setQR", p_wsAltUserId=member))

    def drop_qr(self, member: str) -> None:
        _like("OK", self.call("deleteQR", p_wsAltUserId=member))

    def delete(self, member: str) -> None:
        _like("User has been deleted", self.call("deleteUser", p_Id=self.numbers[member], p_locationID=""))

    def start_sync(self, location: str) -> str:
        """The code of the sync, of everybody at the location."""
        return _like(SYNC_CODE, self.call("autoSync", p_locationId=location, p_userId="0"))

    def sync_status(self, code: str) -> str:
        return str(self.call("getSyncStatus", p_syncCode=code))

    def groups(self) -> set[str]:
        return {row["GroupName"] for row in self.call("getGroups", p_locationID="")}

    def members(self) -> dict[str, tuple[str, str, str]]:
        """Of those whose stay has not ended: their id -> last name, group and card."""
        rows = self.call("getUsers", p_page="", p_locationID="", p_userId="", p_addTimeToDate="")
        return {
            row["wsAltUserId"]: (row["Achternaam"], row["GroupS"], row["CardId"]) for row in rows if row["ExpireDate"] == FOR_EVER
        }

    def fetch_log(self) -> None:
        """What the service got since the last time, up to a minute ago: what comes at this moment is for the next time."""
        first, last = self.fetched_up_to + SECOND, self._a_minute_ago()
        times = {"p_exportTimeFrom": f"{first:{WRITTEN}}", "p_exportTimeTo": f"{last:{WRITTEN}}", "p_filterOn": "created"}
        rest = dict.fromkeys(("p_locationId", "p_userId", "p_infoFieldName", "p_infoFieldValue"), "")
        self.log += _events(self.call("getLogs", **times, **rest, p_timeregistrationModules="0"))
        self.fetched_up_to = last

    def fetch_log_by_id(self) -> None:
        """What came after the last event that it has, in the other way that the documentation shows."""
        first = self.log_by_id[-1]["scanID"] + 1 if self.log_by_id else 1
        rows = self.call("getLogsById", p_exportIdFrom=str(first), p_exportIdTo="", p_timeregistrationModules="0")
        self.log_by_id += _events(rows)

    def came(self, terminal: str) -> list[tuple[str, bool]]:
        """Who, and whether they were let in, in the order of the log; "" for whom the terminal did not know."""
        members = {number: member for member, number in self.numbers.items()}
        rows = sorted((row for row in self.log if row["TerminalName"] == terminal), key=lambda row: int(row["scanID"]))
        return [(members.get(row["UserID"], row["UserID"] or ""), row["Success"] == 1) for row in rows]

    def _a_minute_ago(self) -> datetime:
        return (datetime.now(UTC) - MINUTE).replace(microsecond=0)  # the gym's clocks show UTC


def _events(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [] if rows[0]["Terminal"] == NOBODY else rows


def _like(form: str, answer: object) -> str:
    """The answer, which has to be like this."""
    assert re.fullmatch(form, str(answer)), answer
    return str(answer)
