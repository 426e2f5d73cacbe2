"""A simulated device: its memory, and what it refuses. It knows nothing of Doorsync's records."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise

from doorsync.drivers.suprema import gsdk_pb2 as gsdk

CARDS, GROUPS, NAME, PERIODS = 8, 16, 48, 5


class Refused(Exception):
    """The device says no; the argument is the gRPC status."""


@dataclass
class Faults:
    """What a device does wrong. `lying`: it says yes to people and stores nobody; `keeps_pins`: it forgets no PIN."""

    lying: bool = False
    keeps_pins: bool = False


@dataclass
class Device:
    """What stands in it. `shift`: seconds by which its clock is wrong."""

    id: int = 542070001
    capacity: int = 1000
    users: dict[str, gsdk.UserInfo] = field(default_factory=dict)
    operators: dict[str, int] = field(default_factory=dict)
    schedules: dict[int, gsdk.ScheduleInfo] = field(default_factory=dict)
    levels: dict[int, gsdk.AccessLevel] = field(default_factory=dict)
    groups: dict[int, gsdk.AccessGroup] = field(default_factory=dict)
    doors: dict[int, gsdk.DoorInfo] = field(default_factory=dict)
    log: list[gsdk.EventLog] = field(default_factory=list)
    auth: gsdk.AuthConfig = field(default_factory=gsdk.AuthConfig)
    time_config: gsdk.TimeConfig = field(default_factory=gsdk.TimeConfig)
    summer_time: gsdk.DSTConfig = field(default_factory=gsdk.DSTConfig)
    shift: float = 0
    faults: Faults = field(default_factory=Faults)

    def clear(self) -> None:
        """As it came, with one door."""
        for memory in (self.users, self.operators, self.schedules, self.levels, self.groups):
            memory.clear()
        self.doors = {1: gsdk.DoorInfo(doorID=1, name="Front", entryDeviceID=self.id)}

    def now(self) -> int:
        """What its clock counts."""
        return int(time.time() + self.shift)

    def enrol(self, user: gsdk.UserInfo, *, overwrite: bool) -> None:
        """Raises Refused."""
        key = user.hdr.ID
        if key in self.users and not overwrite:
            raise Refused("ALREADY_EXISTS")
        if key not in self.users and len(self.users) >= self.capacity:
            raise Refused("RESOURCE_EXHAUSTED")
        if not key.isdecimal() or len(user.name) > NAME or len(user.cards) > CARDS or len(user.accessGroupIDs) > GROUPS:
            raise Refused("INVALID_ARGUMENT")
        if any(card.size != 32 or len(card.data) != 32 for card in user.cards) or len(user.PIN) not in (0, 32):
            raise Refused("INVALID_ARGUMENT")
        if self.faults.lying:
            return
        stored = gsdk.UserInfo()
        stored.CopyFrom(user)
        if self.faults.keeps_pins and not user.PIN and key in self.users:
            stored.PIN = self.users[key].PIN
        self.users[key] = stored

    def delete(self, keys: list[str]) -> None:
        """Raises Refused."""
        if not set(keys) <= self.users.keys():
            raise Refused("NOT_FOUND")
        for key in keys:
            del self.users[key]

    def add_schedule(self, schedule: gsdk.ScheduleInfo) -> None:
        """Raises Refused."""
        days = schedule.weekly.daySchedules
        sound = schedule.ID > 1 and len(schedule.name) <= NAME and (schedule.HasField("daily") or len(days) == 7)
        if not sound or any(_overlap(day) or len(day.periods) > PERIODS for day in days):
            raise Refused("INVALID_ARGUMENT")
        self.schedules[schedule.ID] = schedule

    def add_level(self, level: gsdk.AccessLevel) -> None:
        """Raises Refused."""
        known = all(each.doorID in self.doors and each.scheduleID in {1, *self.schedules} for each in level.doorSchedules)
        if not known:
            raise Refused("INVALID_ARGUMENT")
        self.levels[level.ID] = level

    def add_group(self, group: gsdk.AccessGroup) -> None:
        """Raises Refused."""
        if not set(group.levelIDs) <= self.levels.keys():
            raise Refused("INVALID_ARGUMENT")
        self.groups[group.ID] = group


def _overlap(day: gsdk.DaySchedule) -> bool:
    spans = sorted((each.startTime, each.endTime) for each in day.periods)
    ordered = all(0 <= start < end <= 24 * 60 for start, end in spans)
    return not ordered or any(later[0] < earlier[1] for earlier, later in pairwise(spans))
