"""What is said of a run's line and of the people in it who were not taken: the codes that are kept with them."""

from __future__ import annotations

from doorsync.domain.reason import NO_REASON, Reason, ReasonCode


class LineCode(ReasonCode):
    """What the hub makes of an answer, or of none."""

    REFUSED = "refused"
    STILL_HELD = "still-held"
    NOT_THERE = "not-there"
    HOLDS_ANOTHER = "holds-another"
    NOT_READ_WHOLE = "not-read-whole"
    NOT_ERASED = "not-erased"
    ONLY_REMOVALS = "only-removals", {"cause": str}
    NO_ANSWER = "no-answer"
    OTHER_DEVICE = "other-device"
    CREDENTIAL_STILL_KEPT = "credential-still-kept"
    STOPPED = "stopped", {"removals": int}
    STOPPED_OVER_NUMBER = "stopped-over-number", {"removals": int, "foreseen": int}
    AGENT_NEWER = "agent-newer"
    AGENT_OLDER = "agent-older"
    NOT_UNDERSTOOD = "not-understood"
    UNANSWERABLE = "unanswerable", {"why": str}


class AnswerCode(ReasonCode):
    """What agents and terminals say in their own words."""

    AGENT_SAYS = "agent-says", {"text": str}
    TERMINAL_SAYS = "terminal-says", {"text": str}


def agent_says(text: str) -> Reason:
    """The words of a receipt as a reason; none for none."""
    return AnswerCode.AGENT_SAYS(text=text) if text else NO_REASON


def terminal_says(text: str) -> Reason:
    """The words of an outcome as a reason; none for none."""
    return AnswerCode.TERMINAL_SAYS(text=text) if text else NO_REASON
