"""What a terminal holds otherwise than the hub says: the codes of notices. None of them means wider access."""

from __future__ import annotations

from doorsync.domain.reason import ReasonCode


class NoticeCode(ReasonCode):
    """What rendering changed."""

    NAME_NOT_HELD = "name-not-held"
    NAME_SPELT = "name-spelt", {"name": str}
    NAME_CUT = "name-cut", {"name": str}
    EXPIRY_BY_HUB = "expiry-by-hub"  # the terminal holds none: the hub removes at the moment, and has to reach it then
    EXPIRY_TO_THE_DAY = "expiry-to-the-day"  # the terminal holds the day; the hub removes at the minute
