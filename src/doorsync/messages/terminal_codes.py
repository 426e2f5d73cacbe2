"""The codes with which agents and drivers say why a terminal did not do something: parameters travel, sentences do not.

Each has an English sentence for logs and the agent's own command line. The hub says them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorsync.domain.reason import Reason, ReasonCode


class TerminalCode(ReasonCode):
    """A code, its sentence in English, and the types of its parameters."""

    AGENT_STOPPED = "agent-stopped", "The agent was stopped on the way."
    NO_DRIVER = "no-driver", "This agent has no driver for '%(make)s'.", {"make": str}
    DRIVER_BROKEN = "driver-broken", "The driver for '%(make)s' is broken: %(why)s.", {"make": str, "why": str}
    DRIVER_ABSENT = (
        "driver-absent",
        "The driver for '%(make)s' needs %(needs)s, which this agent was installed without.",
        {"make": str, "needs": str},
    )
    DRIVER_FAILED = "driver-failed", "The driver failed (%(error)s).", {"error": str}
    DEVICE_DIFFERS = "device-differs", "Another device answers at this address. Nothing was sent to it."
    ORDER_UNANSWERED = "order-unanswered", "The terminal did not say what became of an order."
    MEMORY_NOT_SHOWN = "memory-not-shown", "What this terminal holds cannot be read."
    LISTS_WITHOUT_END = "lists-without-end", "It was asked for a few entries and lists without end."
    LISTS_TOO_MUCH = (
        "lists-too-much",
        "The terminal lists more than %(most)s entries, and says that it holds %(stated)s. It was not read.",
        {"most": int, "stated": int},
    )
    ADDRESS_SILENT = "address-silent", "%(address)s did not answer: %(why)s.", {"address": str, "why": str}
    ADDRESS_LOST = "address-lost", "%(address)s stopped answering.", {"address": str}
    ADDRESS_GARBLED = "address-garbled", "%(address)s answers in a way that its driver does not understand.", {"address": str}
    ADDRESS_MALFORMED = (
        "address-malformed",
        "'%(address)s' is no address; it should be like %(example)s.",
        {"address": str, "example": str},
    )
    DOOR_TOO_LATE = "door-too-late", "The command came too late, or the terminal was busy until then."
    DOOR_NOT_OPENED_FROM_HERE = "door-not-opened-from-here", "This terminal does not open this door when it is told to."
    DOOR_MODE_NOT_SET_FROM_HERE = (
        "door-mode-not-set-from-here",
        "This terminal does not hold this door open or lock it down when it is told to.",
    )
    DOOR_IN_OTHER_MODE = "door-in-other-mode", "The terminal took it, and says that the door is in another mode."
    AGENT_CANNOT_WRITE = (
        "agent-cannot-write",
        "The agent could not write down when the hold ends, so it did not begin.",
    )
    REQUEST_REFUSED = "request-refused", "The terminal refused the request."
    REMOVALS_REFUSED = "removals-refused", "The terminal refused to remove some people."
    # words that are nobody's here: of a terminal or its driver, and of agents from before there were codes
    TERMINAL_SAYS = "terminal-says", "%(text)s", {"text": str}
    AGENT_SAYS = "agent-says", "%(text)s", {"text": str}

    def __init__(self, code: str, sentence: str, parameters: Mapping[str, type] | None = None) -> None:
        super().__init__(code, parameters)
        self.sentence = sentence


BY_CODE = {each.code: each for each in TerminalCode}


def in_english(reason: Reason) -> str:
    """The sentence of one of these codes; the code itself where it is none, and empty for no reason."""
    known = BY_CODE.get(reason.code)
    return known.sentence % reason.parameters if known else reason.code


def in_own_words(text: str) -> Reason:
    """What a terminal or its driver says, where there is no code for it."""
    return TerminalCode.TERMINAL_SAYS(text=text)
