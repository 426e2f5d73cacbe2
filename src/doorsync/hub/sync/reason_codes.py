"""The codes of messages about a terminal of a run, and about people whom it did not take."""

from __future__ import annotations

from doorsync.domain.reason import ReasonCode


class RunTerminalCode(ReasonCode):
    """What the hub concludes from an answer, or from the lack of one."""

    REFUSED = "refused"
    STILL_HELD = "still-held"
    NOT_THERE = "not-there"
    HOLDS_ANOTHER = "holds-another"
    NOT_READ_WHOLE = "not-read-whole"
    NOT_ERASED = "not-erased"
    ONLY_REMOVALS = "only-removals", {"cause": str}
    BEFORE_A_RESTORE = "before-a-restore"
    NO_ANSWER = "no-answer"
    OTHER_DEVICE = "other-device"
    SECRET_REFUSED = "secret-refused"  # noqa: S105 - a code
    NO_PLACE = "no-place"
    CREDENTIAL_STILL_KEPT = "credential-still-kept"
    SCHEDULE_UNCONFIRMED = "schedule-unconfirmed"
    STOPPED = "stopped", {"removals": int}
    STOPPED_OVER_NUMBER = "stopped-over-number", {"removals": int, "foreseen": int}
    AGENT_NEWER = "agent-newer"
    AGENT_OLDER = "agent-older"
    NOT_UNDERSTOOD = "not-understood"
    UNANSWERABLE = "unanswerable", {"why": str}
