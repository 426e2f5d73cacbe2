"""Why an agent is in quarantine, and why nobody knows what a terminal holds: the codes that are kept with them."""

from __future__ import annotations

from doorsync.domain.reason import ReasonCode


class QuarantineCode(ReasonCode):
    """Why nothing is taken from an agent any more."""

    TWO_COPIES = "two-copies"


class UnreadCode(ReasonCode):
    """Why a terminal has to be read whole before anything is said of it."""

    ERASE_UNCERTAIN = "erase-uncertain"
    SCHEDULE_LOST = "schedule-lost"
    CHANGED_BETWEEN = "changed-between"
    PEOPLE_LOST = "people-lost", {"found": int, "held": int}
    PEOPLE_ENROLLED = "people-enrolled", {"more": int}
    CLOCK_JUMPED = "clock-jumped"
    ADDRESS_CHANGED = "address-changed"
    DEVICE_REPLACED = "device-replaced"
    DEVICE_MOVED = "device-moved"
    KEYS_CHANGED = "keys-changed"
    AGENT_FORKED = "agent-forked"
