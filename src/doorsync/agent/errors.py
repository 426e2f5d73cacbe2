"""What can go wrong in the agent, said so that a person can act on it."""

from __future__ import annotations

from doorsync.domain.reason import Reason
from doorsync.drivers.contract import TerminalError
from doorsync.messages.terminal_codes import TerminalCode


class AgentError(Exception):
    """The agent cannot go on."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__ or "")


class BadSettings(AgentError):
    """Some settings cannot be used."""


class NotEnrolled(AgentError):
    """This agent is not enrolled yet. Make a code in the hub, then run `doorsync agent enrol`."""


class BadIdentity(AgentError):
    """The agent's identity file cannot be read. Enrol the agent again."""


class FolderInUse(AgentError):
    """Another agent runs in this data folder. Stop it first."""


class StorageFailed(AgentError):
    """The agent cannot write to its data folder."""


class PortTaken(AgentError):
    """The port is in use."""


class EnrolmentFailed(AgentError):
    """The hub did not enrol this agent."""


class HubUnreachable(AgentError):
    """The hub did not answer."""


class HubAway(HubUnreachable):
    """The hub did not answer."""


class RotationFailed(AgentError):
    """A change of keys cannot go on."""


class AgentUnreachable(AgentError):
    """The agent did not answer."""


class Stopping(AgentError):
    """The agent is about to stop and takes nothing more."""


class OtherDevice(AgentError):
    """Another device answers at this address. Nothing was sent to it."""


def reason_of(error: Exception) -> Reason:
    """Why a terminal was lost. Only the words of a TerminalError are meant for people; other errors may quote secrets."""
    if isinstance(error, OtherDevice):
        return TerminalCode.DEVICE_DIFFERS()
    return error.reason if isinstance(error, TerminalError) else TerminalCode.DRIVER_FAILED(error=type(error).__name__)
