"""When something happened, by what a terminal's clock said, the time zone of its location, and how far that clock was off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SOUND = 60  # seconds; by less, clocks and networks differ anyway
FURTHEST = 2**31 - 1  # seconds


def seconds_ahead(clock: str, read_at: str, zone: ZoneInfo) -> int | None:
    """By how many seconds a terminal's clock was ahead of the agent's when it was read; None where that is not known."""
    if not (shown := _naive(clock)) or not (read := _naive(read_at)):
        return None
    right = read.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    return max(-FURTHEST, min(round((shown - right).total_seconds()), FURTHEST))


def instant(wall: str, zone: ZoneInfo, ahead: int | None, after: datetime | None) -> datetime | None:
    """The instant of an entry, its clock put right; None where the clock showed no time at all.

    Of a time that the clock shows twice, the first one that is not before `after`, the instant of the entry before.
    """
    shown = _naive(wall)
    if shown is None:
        return None
    try:
        local = shown - timedelta(seconds=ahead if ahead and abs(ahead) > SOUND else 0)
        early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except (OverflowError, ValueError):
        return None
    return late if after and early < after <= late else early


def _naive(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - a clock on a wall
    except ValueError:
        return None
