"""Why a message is refused. The class name in kebab case is the audit code of the refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping


class MessageRefused(Exception):
    """The message was refused."""

    details: Mapping[str, str] = {}  # what the answer says beside the code

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__ or "")

    @classmethod
    def code(cls) -> str:
        """The audit code: `wrong-company` for WrongCompany."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class TooLarge(MessageRefused):
    """The message is larger than a message may be."""


class Malformed(MessageRefused):
    """The message is not one that this version understands."""


class Unsealed(MessageRefused):
    """The message was changed on the way, or is sealed to somebody else."""


class UnknownKey(MessageRefused):
    """The message is signed with a key that is not pinned."""


class OtherHubKeys(MessageRefused):
    """The agent trusts expired hub keys. Make a code in the hub, and enrol the agent again."""


class BadSignature(MessageRefused):
    """The signature does not match the message."""


class Downgraded(MessageRefused):
    """The message speaks an older version than its reader accepts. Update its sender."""


class TooNew(MessageRefused):
    """The message speaks a newer version than its reader knows. Update its reader."""


class WrongCompany(MessageRefused):
    """The message is for another company."""


class WrongAgent(MessageRefused):
    """The message is for, or from, another agent."""


class StaleNonce(MessageRefused):
    """The nonce is not the agent's newest, or has expired."""


class Replayed(MessageRefused):
    """A message with this sequence number was accepted before."""


class OutOfOrder(MessageRefused):
    """A message before this one is missing."""


class Quarantined(MessageRefused):
    """The agent is in quarantine: two copies of it were at work. Stop the other one, then enrol this one again."""


class WrongChain(MessageRefused):
    """The message does not follow the one that was accepted last."""


class UnknownBatch(MessageRefused):
    """The receipt is for a batch that was not issued, or was answered or voided already."""


class UnknownCommand(MessageRefused):
    """The answer is to a command that this agent was not given, or has answered already."""


class UnknownDevice(MessageRefused):
    """The events are of a device that is not, and never was, this terminal."""


class DeviceNotYetKnown(MessageRefused):
    """The events are of a terminal of which no receipt has come yet."""


class Unanswerable(MessageRefused):
    """The agent accepted the batch, and cannot say what became of it."""
