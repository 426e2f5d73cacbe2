"""Wall-clock moments of people's validity, turned into instants at a location's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WALL = "%Y-%m-%dT%H:%M"


def start_instant(wall: str, zone: ZoneInfo) -> datetime:
    """The instant at which access starts: of a time that the clock shows twice, the later one."""
    return _instant(wall, zone, fold=1)


def end_instant(wall: str, zone: ZoneInfo) -> datetime:
    """The instant at which access ends: of a time that the clock shows twice, the earlier one."""
    return _instant(wall, zone, fold=0)


@lru_cache(maxsize=4096)  # many people start or end at the same moment, and each is asked for at every terminal
def _instant(wall: str, zone: ZoneInfo, fold: int) -> datetime:
    local = datetime.strptime(wall, WALL).replace(tzinfo=zone)
    early, late = (local.replace(fold=f).astimezone(UTC) for f in (0, 1))
    if late < early:  # a time that the clock skips: the moment of the skip
        return clock_change(late, early, zone)
    return (early, late)[fold]


def clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between these two at which the clocks of this zone are changed, to the minute."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(second=0, microsecond=0)
