"""Why a terminal cannot hold a person or a time schedule that it should: the codes of refused holdings."""

from __future__ import annotations

from doorsync.domain.reason import ReasonCode


class RefusalCode(ReasonCode):
    """What rendering refuses. No parameter tells a card or a PIN."""

    PIN_LENGTH = "pin-length", {"digits": int, "least": int, "most": int}
    TOO_MANY_CARDS = "too-many-cards", {"cards": int, "limit": int}
    CARD_TOO_LONG = "card-too-long", {"bits": int}
    CARD_NOT_SHOWN = "card-not-shown"  # the readers of the terminal cannot show a card whole
    TOO_MANY_SCHEDULES = "too-many-schedules", {"schedules": int, "limit": int}
    NO_ROOM_FOR_PEOPLE = "no-room-for-people", {"limit": int}
    NO_ROOM_FOR_SCHEDULES = "no-room-for-schedules", {"limit": int}  # of a person, who needs one that is not there
    NO_ROOM_FOR_SCHEDULE = "no-room-for-schedule"  # of the time schedule itself
    KEY_TOO_LONG = "key-too-long", {"digits": int, "limit": int}
    NO_CARD = "no-card"  # the terminal knows people by their card
    HOURS_NOT_HELD = "hours-not-held"  # of a person: one of their time schedules has hours that this terminal cannot hold
    TOO_MANY_INTERVALS = "too-many-intervals", {"intervals": int, "limit": int}  # of the time schedule itself
    PERSON_TOO_LARGE = "person-too-large"
    SCHEDULE_TOO_LARGE = "schedule-too-large"
    UNREADABLE_CREDENTIAL = "unreadable-credential", {"kind": str}
    UNKNOWN_CREDENTIAL = "unknown-credential"
    UNREADABLE_DATES = "unreadable-dates"
    UNREADABLE_SCHEDULE = "unreadable-schedule"
    UNREADABLE_ZONE = "unreadable-zone"
    NUMBER_OF_ADMINISTRATOR = "number-of-administrator", {"key": str, "name": str}
    NUMBER_TAKEN = "number-taken", {"key": str, "name": str}
    SCHEDULE_NUMBER_TAKEN = "schedule-number-taken", {"key": str, "name": str}
