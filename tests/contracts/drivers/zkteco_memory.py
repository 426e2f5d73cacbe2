"""What stands in the memory of the emulated ZKTeco terminal, read apart from the driver."""

from __future__ import annotations

from typing import Any

from doorsync.drivers.zkteco.simulator.memory import Memory

ALWAYS = ((0, 0, 23, 59),) * 7
WEEKDAYS = ("7", "1", "2", "3", "4", "5", "6")


def people(memory: Memory) -> dict[str, dict[str, Any]]:
    return {
        person.user_id: {
            "name": person.name.decode(),
            "cards": [str(person.card)] if person.card else [],
            "pin": person.password.decode(),
            "schedules": sorted(str(zone) for zone in person.zones if zone) if person.zone_flag == 1 else [],
        }
        for person in memory.people.values()
    }


def schedules(memory: Memory) -> dict[str, dict[str, Any]]:
    """Those that are neither as they came nor closed by a removal."""
    return {
        str(number): {"slots": sorted(_slots(days))}
        for number, days in memory.zones.items()
        if days != ALWAYS and days[0][:2] != (23, 58)
    }


def _slots(days: tuple[tuple[int, ...], ...]) -> list[list[str]]:
    slots = []
    for weekday, (hour, minute, last_hour, last) in zip(WEEKDAYS, days, strict=True):
        end = last_hour * 60 + last + 1
        if hour * 60 + minute < end:
            slots.append([weekday, f"{hour:02}:{minute:02}", f"{end // 60:02}:{end % 60:02}"])
    return slots
