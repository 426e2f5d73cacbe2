"""How a door decides: by its people and their schedules, or for a time in one way for everybody."""

from __future__ import annotations

from enum import StrEnum


class DoorMode(StrEnum):
    """What a door does until it is told otherwise."""

    SCHEDULE = "schedule"  # each person's rights and schedules decide
    HELD_OPEN = "held-open"  # it is open to everybody
    LOCKED_DOWN = "locked-down"  # it opens to nobody who shows a credential
