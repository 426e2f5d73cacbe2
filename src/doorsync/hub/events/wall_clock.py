"""At which instants a clock on a wall shows a time: none, one or two in the nights in which clocks are changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doorsync.domain.validity import clock_change


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """The first and the last instant of a time, and when the clock was set back between them.

    All three are the same for a time that is shown once. A time that is skipped counts as the moment of the skip.
    """

    first: datetime
    set_back: datetime
    last: datetime


def instants_of(wall: datetime, zone: ZoneInfo) -> Instants:
    """When clocks of this zone show this time. One that says its zone itself is that moment."""
    try:
        moments = [wall] * 2 if wall.tzinfo else [wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        before, after = (each.astimezone(UTC) for each in moments)
    except OverflowError:  # the first or the last day of the calendar
        before = after = wall.replace(tzinfo=UTC)
    if before == after:
        return Instants(first=before, set_back=before, last=before)
    changed = clock_change(min(before, after), max(before, after), zone)
    if before > after:
        return Instants(first=changed, set_back=changed, last=changed)
    return Instants(first=before, set_back=changed, last=after)
