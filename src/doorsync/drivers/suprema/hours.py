"""Time schedules as G-SDK spells them, and back. Pure."""

from __future__ import annotations

from collections.abc import Collection

from doorsync.domain.record import Kind, Record, Value
from doorsync.drivers.suprema import gsdk_pb2 as gsdk
from doorsync.drivers.suprema.records import Unfit

FIRST, LAST = 2, 127  # of the numbers given to time schedules; 1 is the device's own "always"
LONGEST_NAME = 48  # letters
PERIODS = 5  # of one day, at most
DIFFERENT = " (and more)"  # behind the name of one that is not what Doorsync writes


def number_of(key: str) -> int:
    """Of a time schedule; 0 where it is none."""
    sound = key.isascii() and key.isdecimal() and str(int(key)) == key
    return int(key) if sound and FIRST <= int(key) <= LAST else 0


def schedule_of(record: Record) -> gsdk.ScheduleInfo:
    """The schedule as G-SDK has it, Sunday first. Raises Unfit."""
    name, slots = str(record.fields["name"]), record.fields["slots"]
    if len(name) > LONGEST_NAME:
        raise Unfit("The device cannot hold a name of this length.")
    days = [gsdk.DaySchedule() for _ in range(7)]
    for slot in slots if isinstance(slots, list) else []:
        days[int(slot[0]) % 7].periods.add(startTime=_minutes(slot[1]), endTime=_minutes(slot[2]))
    if any(len(day.periods) > PERIODS for day in days):
        raise Unfit("The device takes five intervals for each weekday.")
    return gsdk.ScheduleInfo(ID=number_of(record.key), name=name, weekly=gsdk.WeeklySchedule(daySchedules=days))


def level_of(number: int, doors: Collection[int]) -> gsdk.AccessLevel:
    """An access level that opens each of the doors in these hours."""
    pairs = [gsdk.DoorSchedule(doorID=door, scheduleID=number) for door in sorted(doors)]
    return gsdk.AccessLevel(ID=number, name=f"Doorsync {number}", doorSchedules=pairs)


def group_of(number: int) -> gsdk.AccessGroup:
    """An access group with this level only."""
    return gsdk.AccessGroup(ID=number, name=f"Doorsync {number}", levelIDs=[number])


def record_of(
    schedule: gsdk.ScheduleInfo, level: gsdk.AccessLevel | None, group: gsdk.AccessGroup | None, doors: Collection[int]
) -> Record:
    """As read. What opens otherwise than Doorsync writes it (holidays, another door, other levels) differs by its name."""
    number = schedule.ID
    same = (
        level is not None
        and group is not None
        and list(group.levelIDs) == [number]
        and sorted((each.doorID, each.scheduleID) for each in level.doorSchedules) == [(door, number) for door in sorted(doors)]
        and not schedule.holidays
        and schedule.WhichOneof("ordinary") == "weekly"
        and len(schedule.weekly.daySchedules) == 7
    )
    slots: Value = sorted(
        [str(day or 7), _text(period.startTime), _text(period.endTime)]
        for day, each in enumerate(schedule.weekly.daySchedules)
        for period in each.periods
    )
    fields: dict[str, Value] = {"name": schedule.name if same else schedule.name + DIFFERENT, "slots": slots}
    return Record(kind=Kind.SCHEDULE, key=str(number), fields=fields)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
