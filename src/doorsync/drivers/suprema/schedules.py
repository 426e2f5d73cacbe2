"""The time schedules of a device.

Each is three things with one number: the hours, an access level that opens the device's doors in these hours, and an access
group with that level, which people are in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from doorsync.domain.record import Record
from doorsync.drivers.contract import Found, TerminalError, WriteAnswer
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema import hours, methods
from doorsync.drivers.suprema.gateway import Gateway
from doorsync.drivers.suprema.methods import Method
from doorsync.drivers.suprema.records import Unfit


class ScheduleTable:
    """Reads and writes them one by one: there are few, and each needs three requests in one order."""

    def __init__(self, gateway: Gateway, doors: Collection[int]) -> None:
        self._gateway = gateway
        self._doors = doors

    def all(self) -> Iterator[Found]:
        """Those of others too. Raises TerminalError."""
        levels = {each.ID: each for each in self._gateway.ask(methods.GET_LEVELS).levels}
        groups = {each.ID: each for each in self._gateway.ask(methods.GET_GROUPS).groups}
        for each in self._gateway.ask(methods.GET_SCHEDULES).schedules:
            yield Found(record=hours.record_of(each, levels.get(each.ID), groups.get(each.ID), self._doors))

    def known(self) -> set[int]:
        """The numbers of those that people can be given: with hours, a level and a group."""
        schedules = _numbers(self._gateway.ask(methods.GET_SCHEDULES).schedules)
        levels = _numbers(self._gateway.ask(methods.GET_LEVELS).levels)
        return schedules & levels & _numbers(self._gateway.ask(methods.GET_GROUPS).groups)

    def put(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        """The hours first: what a level or a group names must be there."""
        for record in records:
            try:
                self._put(record)
            except Unfit as unfit:
                yield WriteAnswer(key=record.key, refusal=str(unfit))
            except TerminalError as error:
                if not error.permanent:
                    raise
                yield WriteAnswer(key=record.key, refusal="The device refused this time schedule.", code=error.code)
            else:
                yield WriteAnswer(key=record.key)

    def remove(self, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        """The group first: from then on it opens for nobody."""
        for key in keys:
            try:
                self._remove(hours.number_of(key))
            except TerminalError as error:
                if not error.permanent:
                    raise
                yield WriteAnswer(key=key, refusal="The device refused to remove this time schedule.", code=error.code)
            else:
                yield WriteAnswer(key=key)

    def _put(self, record: Record) -> None:
        number, device = hours.number_of(record.key), self._gateway.device
        if not number or not self._doors:
            raise Unfit("The device has no place for this time schedule." if self._doors else "The device has no door.")
        schedules, level = [hours.schedule_of(record)], hours.level_of(number, self._doors)
        self._gateway.ask(methods.ADD_SCHEDULES, gsdk.AddSchedulesRequest(deviceID=device, schedules=schedules))
        self._gateway.ask(methods.ADD_LEVELS, gsdk.AddLevelsRequest(deviceID=device, levels=[level]))
        self._gateway.ask(methods.ADD_GROUPS, gsdk.AddGroupsRequest(deviceID=device, groups=[hours.group_of(number)]))

    def _remove(self, number: int) -> None:
        if not number:
            return
        if number in _numbers(self._gateway.ask(methods.GET_GROUPS).groups):
            self._delete(methods.DELETE_GROUPS, number)
        if number in _numbers(self._gateway.ask(methods.GET_LEVELS).levels):
            self._delete(methods.DELETE_LEVELS, number)
        if number in _numbers(self._gateway.ask(methods.GET_SCHEDULES).schedules):
            self._delete(methods.DELETE_SCHEDULES, number)

    def _delete(self, method: Method[gsdk.Empty], number: int) -> None:
        self._gateway.ask(method, gsdk.DeleteRequest(deviceID=self._gateway.device, IDs=[number]))


def _numbers(entries: Iterable[gsdk.ScheduleInfo | gsdk.AccessLevel | gsdk.AccessGroup]) -> set[int]:
    return {each.ID for each in entries}
