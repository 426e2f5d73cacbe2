"""An open conversation with a Suprema device: the contract of `drivers/contract.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from doorsync.domain.capabilities import Capabilities, ChangeDetection, KeyForm, Letters
from doorsync.domain.door_events import LogPage, LogPosition
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, Found, TerminalError, WriteAnswer
from doorsync.drivers.suprema import hours, methods, records
from doorsync.drivers.suprema.clock import Clock
from doorsync.drivers.suprema.event_log import EventLog
from doorsync.drivers.suprema.gateway import Gateway
from doorsync.drivers.suprema.records import Spelling
from doorsync.drivers.suprema.schedules import ScheduleTable
from doorsync.drivers.suprema.users import UserTable

KEY_LENGTH = 9  # digits; a device counts to 4294967295


class SupremaSession:
    """Which doors the device opens, and whether it minds access groups at all, is asked once."""

    def __init__(self, gateway: Gateway, spelling: Spelling) -> None:
        self._gateway = gateway
        self._info = gateway.ask(methods.GET_INFO).info
        self._able = gateway.ask(methods.GET_CAPABILITY_INFO).capInfo
        self._full_access = gateway.ask(methods.GET_AUTH_CONFIG).config.useFullAccess
        doors = gateway.ask(methods.GET_DOORS).doors
        self._doors = {each.doorID for each in doors if gateway.device in (each.entryDeviceID, each.exitDeviceID)}
        self._schedules = ScheduleTable(gateway, self._doors)
        self._users = UserTable(gateway, self._schedules, spelling)
        self._clock = Clock(gateway, spelling.zone)
        self._log = EventLog(gateway, spelling.zone)

    def about(self) -> About:
        """The number of the device is its serial number."""
        counts = self._gateway.ask(methods.GET_STATISTIC).userStatistic
        return About(
            serial=str(self._gateway.device),
            model=self._info.modelName[:64],
            firmware=self._info.firmwareVersion[:64],
            users=counts.numOfUsers,
            templates=counts.numOfFingerprints + counts.numOfFaces,
            clock=self._clock.wall(),
            can=self._capabilities(),
        )

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        """People in portions; time schedules cost as much as all of them."""
        if kind is Kind.USER:
            yield from self._users.read(keys) if keys else ()
        elif keys:
            yield from (found for found in self._schedules.all() if found.record.key in keys)

    def read_all(self, kind: Kind) -> Iterator[Found]:
        """The headers first, then people in portions."""
        yield from self._users.read(self._users.ids()) if kind is Kind.USER else self._schedules.all()

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """People together, time schedules one by one."""
        if records:
            yield from self._users.put(records) if records[0].kind is Kind.USER else self._schedules.put(records)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """People together, time schedules one by one."""
        yield from self._users.remove(keys) if kind is Kind.USER else self._schedules.remove(keys)

    def erase(self) -> None:
        """By name: what the gateway offers to clear a device would take its operators too."""
        answers = [*self._users.remove([key for key in self._users.ids() if key not in self._users.operators()])]
        answers += self._schedules.remove([found.record.key for found in self._schedules.all()])
        if any(answer.refusal for answer in answers):
            raise TerminalError("The device refused to remove something.", permanent=True)

    def change_mark(self) -> str:
        """How many people, cards, fingerprints and faces there are."""
        counts = self._gateway.ask(methods.GET_STATISTIC).userStatistic
        return f"{counts.numOfUsers}/{counts.numOfCards}/{counts.numOfFingerprints}/{counts.numOfFaces}"

    def set_clock(self, wall: datetime) -> None:
        """Set clock and time zone."""
        self._clock.set(wall)

    def events(self, after: LogPosition, most: int) -> LogPage:
        """A page of the device's log."""
        return self._log.page(after, most)

    def clear_events(self, upto: LogPosition) -> None:
        """Nothing: a device can only forget its whole log, and writes over its oldest entries by itself."""

    def _capabilities(self) -> Capabilities:
        able, with_hours = self._able, bool(self._doors) and not self._full_access
        return Capabilities(
            capacity=able.maxNumOfUser,
            schedules=hours.LAST - hours.FIRST + 1 if with_hours else 0,
            schedules_per_user=records.GROUPS if with_hours else 0,
            open_without_schedule=self._full_access,
            name_bytes=records.LONGEST_NAME if able.userNameSupported else 0,
            name_letters=Letters.UTF_8 if able.userNameSupported else Letters.NONE,
            cards_per_user=records.CARDS if able.cardSupported else 0,
            card_bits=8 * records.CARD_BYTES,
            pin_min=records.SHORTEST_PIN,
            pin_max=records.LONGEST_PIN if able.PINSupported else 0,
            readable=("name", "cards", "schedules", "until"),
            key_form=KeyForm.DIGITS,
            key_length=KEY_LENGTH,
            schedule_key_form=KeyForm.PLACE,
            first_schedule_place=hours.FIRST,
            intervals_per_day=hours.PERIODS,
            change_detection=ChangeDetection.COUNT,
            doors=max(len(self._doors), 1),
        )
