"""The people of a device: read in portions, written many at once, and one by one where that is refused."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence

from doorsync.domain.record import Record
from doorsync.drivers.contract import UNKNOWN_SCHEDULE, Found, TerminalError, WriteAnswer
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema import methods
from doorsync.drivers.suprema.gateway import Gateway
from doorsync.drivers.suprema.records import Spelling, Unfit, checked_pin, record_of, user_of
from doorsync.drivers.suprema.schedules import ScheduleTable

PORTION = 100  # people of one answer
READ = 0x0001 | 0x0002 | 0x0004 | 0x0020 | 0x0100  # header, setting, name, cards, access groups: no photo, no template
PIN_ONLY = 0x0001 | 0x0010
OWN = "This number is one of the terminal's own administrators."
NO_SCHEDULE = "The device does not hold one of the time schedules."
REFUSED = "The device refused this person; it may be full."
PIN_LEFT = "The device still has a PIN of this person."


class UserTable:
    """Reads and writes. Whoever operates the device itself is its own: told apart, and never written or removed."""

    def __init__(self, gateway: Gateway, schedules: ScheduleTable, spelling: Spelling) -> None:
        self._gateway = gateway
        self._schedules = schedules
        self._spelling = spelling

    def ids(self) -> list[str]:
        """The ids of all users, each once. Raises TerminalError."""
        return list(dict.fromkeys(each.ID for each in self._gateway.ask(methods.GET_USER_LIST).hdrs))

    def read(self, keys: Collection[str]) -> Iterator[Found]:
        """The users with these ids that are there. Raises TerminalError."""
        own, now = self.operators(), time.time()
        for user in self._partial([key for key in self.ids() if key in set(keys)], READ):
            yield Found(record=record_of(user, self._spelling, now), own=user.hdr.ID in own)

    def operators(self) -> set[str]:
        """The ids of users with an operator level in the device's menu."""
        return {each.userID for each in self._gateway.ask(methods.GET_OPERATORS).operators if each.level}

    def put(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """Add or replace; what a record does not speak of stays. Raises TerminalError when the device is lost."""
        own, known = self.operators(), self._schedules.known() if _any_schedule(records) else set()
        there = self._whole([record.key for record in records])
        wanted: list[gsdk.UserInfo] = []
        for record in records:
            try:
                wanted.append(self._made(record, there, own, known))
            except Unfit as unfit:
                yield WriteAnswer(key=record.key, refusal=str(unfit), code=UNKNOWN_SCHEDULE if str(unfit) == NO_SCHEDULE else "")
        answers = list(self._enrolled(wanted))
        left = self._pins_left([user.hdr.ID for user in wanted if not user.PIN])
        for answer in answers:
            yield WriteAnswer(key=answer.key, refusal=PIN_LEFT) if answer.key in left and not answer.refusal else answer

    def remove(self, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """Remove users; a missing one is no error. Raises TerminalError when the device is lost."""
        own, there = self.operators(), set(self.ids())
        gone = [key for key in dict.fromkeys(keys) if key in there and key not in own]
        try:
            self._delete(gone)
            refused: dict[str, str] = {}
        except TerminalError as error:
            if not error.permanent:
                raise
            refused = dict(self._refused_one_by_one(gone))
        for key in keys:
            refusal = OWN if key in own else "The device refused to remove this person." if key in refused else ""
            yield WriteAnswer(key=key, refusal=refusal, code=refused.get(key, ""))

    def _made(
        self, record: Record, there: Mapping[str, gsdk.UserInfo], own: Collection[str], known: Collection[int]
    ) -> gsdk.UserInfo:
        if record.key in own:
            raise Unfit(OWN)
        user = user_of(record, there.get(record.key), self._spelling)
        if not set(known).issuperset(user.accessGroupIDs):
            raise Unfit(NO_SCHEDULE)
        pin = checked_pin(record)
        user.PIN = self._gateway.ask(methods.GET_PIN_HASH, gsdk.PINRequest(PIN=pin)).hashVal if pin else b""
        return user

    def _enrolled(self, users: Sequence[gsdk.UserInfo]) -> Iterator[WriteAnswer]:
        if not users or not self._refusal(users):
            yield from (WriteAnswer(key=user.hdr.ID) for user in users)
            return
        for user in users:
            code = self._refusal([user])
            yield WriteAnswer(key=user.hdr.ID, refusal=REFUSED if code else "", code=code)

    def _refusal(self, users: Sequence[gsdk.UserInfo]) -> str:
        """The gateway's word for why it refused them together; "" when it took them. Raises TerminalError when it is lost."""
        request = gsdk.EnrollRequest(deviceID=self._gateway.device, users=users, overwrite=True)
        try:
            self._gateway.ask(methods.ENROLL_USERS, request)
        except TerminalError as error:
            if not error.permanent:
                raise
            return error.code or "refused"
        return ""

    def _pins_left(self, keys: Sequence[str]) -> set[str]:
        """A PIN cannot be read, but whether there is one can."""
        there = set(self.ids()) if keys else set()
        users = self._partial([key for key in keys if key in there], PIN_ONLY)
        return {user.hdr.ID for user in users if any(user.PIN)}

    def _refused_one_by_one(self, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
        there = set(self.ids())
        for key in keys:
            try:
                self._delete([key] if key in there else [])
            except TerminalError as error:
                if not error.permanent:
                    raise
                yield key, error.code

    def _delete(self, keys: Sequence[str]) -> None:
        if keys:
            self._gateway.ask(methods.DELETE_USERS, gsdk.UsersRequest(deviceID=self._gateway.device, userIDs=keys))

    def _whole(self, keys: Sequence[str]) -> dict[str, gsdk.UserInfo]:
        """The users with fingerprints, faces and photo, which a write must send back unchanged."""
        there = set(self.ids()) if keys else set()
        found: dict[str, gsdk.UserInfo] = {}
        for portion in _portions([key for key in keys if key in there]):
            request = gsdk.UsersRequest(deviceID=self._gateway.device, userIDs=portion)
            found |= {user.hdr.ID: user for user in self._gateway.ask(methods.GET_USERS, request).users}
        return found

    def _partial(self, keys: Sequence[str], mask: int) -> Iterator[gsdk.UserInfo]:
        for portion in _portions(keys):
            request = gsdk.GetPartialRequest(deviceID=self._gateway.device, userIDs=portion, infoMask=mask)
            given = {user.hdr.ID: user for user in self._gateway.ask(methods.GET_USERS_PARTIAL, request).users}
            yield from (given[key] for key in portion if key in given)


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + PORTION] for start in range(0, len(keys), PORTION))


def _any_schedule(records: Sequence[Record]) -> bool:
    return any(record.fields.get("schedules") for record in records)
