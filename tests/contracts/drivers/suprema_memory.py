"""What stands in the memory of a simulated Suprema device, read apart from the driver."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from doorsync.drivers.suprema.simulator.device import Device


def people(device: Device) -> dict[str, dict[str, Any]]:
    return {
        key: {
            "name": user.name,
            "cards": sorted(str(int(card.data.hex(), 16)) for card in user.cards if card.type == 1),
            "schedules": sorted(str(group) for group in user.accessGroupIDs),
            "until": _wall(user.setting.endTime),
        }
        for key, user in device.users.items()
    }


def schedules(device: Device) -> dict[str, dict[str, Any]]:
    """Those that open the door in their hours to whoever is in the group with their number."""
    return {
        str(number): {"name": schedule.name, "slots": _slots(schedule)}
        for number, schedule in device.schedules.items()
        if list(device.groups[number].levelIDs) == [number]
        if [(pair.doorID, pair.scheduleID) for pair in device.levels[number].doorSchedules] == [(1, number)]
    }


def _slots(schedule: Any) -> list[list[str]]:
    days = zip("7123456", schedule.weekly.daySchedules, strict=True)
    return sorted([day, _clock(each.startTime), _clock(each.endTime)] for day, hours in days for each in hours.periods)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}"


def _wall(second: int) -> str:
    return datetime.fromtimestamp(second, tz=UTC).isoformat()[:16] if second else ""
