"""What can go wrong with terminals, agents and their enrolment."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext


class TerminalsError(Exception):
    """The terminal or agent cannot be saved."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext(self.__doc__ or ""))


class TerminalNameTaken(TerminalsError):
    """The company has one of this name already."""


class AddressTaken(TerminalsError):
    """Another terminal of this agent has this address already. Each device is one terminal."""

    @classmethod
    def between(cls, name: str, other: str, address: str) -> AddressTaken:
        """With both names in it, and never a device's password, which may stand before an @ in the address."""
        shown = address.rpartition("@")[2]
        told = gettext(
            "'%(name)s' and '%(other)s' have the same address, %(address)s, and the same agent. Each device is one terminal: "
            "give one of them its own address. Where only the port differs, write it in both."
        )
        return cls(told % {"name": name, "other": other, "address": shown})


class AddressWithCredentials(TerminalsError):
    """An address holds no user name and no password. Set the secret of the terminal instead: it is kept sealed."""


class WrongAddressForm(TerminalsError):
    """This make of terminal has no such address."""

    @classmethod
    def like(cls, example: str) -> WrongAddressForm:
        """With an address in the right form."""
        return cls(gettext("This make of terminal has no such address. Write it like %(example)s.") % {"example": example})


class SecretTooLong(TerminalsError):
    """The secret of a terminal has 200 characters at most."""


class BadOption(TerminalsError):
    """This make of terminal does not take such a setting."""

    @classmethod
    def named(cls, title: str) -> BadOption:
        """With the name of the setting."""
        return cls(gettext("“%(name)s”: this make of terminal does not take such a value.") % {"name": title})


class DoorNotOpenable(TerminalsError):
    """This door cannot be opened from here."""


class AlreadyBeingOpened(TerminalsError):
    """This door is being opened at this moment. Wait until it is known what came of it."""


class AgentInUse(TerminalsError):
    """Terminals are still reached by this agent. Nothing was deleted."""

    @classmethod
    def by(cls, name: str, terminals: Sequence[str]) -> AgentInUse:
        """With the names of the terminals."""
        told = gettext("“%(name)s” still reaches %(terminals)s. Let another agent reach them, or delete them first.")
        return cls(told % {"name": name, "terminals": ", ".join(terminals[:3]) + (" …" if len(terminals) > 3 else "")})


class TerminalInUse(TerminalsError):
    """The terminal cannot be deleted yet."""


class NotAnotherDevice(TerminalsError):
    """No other device answers there any more, so there is nothing to decide. Look at the terminal again."""


class DeviceElsewhere(TerminalsError):
    """This device still belongs to another terminal."""


class EnrolmentError(TerminalsError):
    """The agent cannot be enrolled."""


class UnknownCode(EnrolmentError):
    """There is no such enrolment code. Type it again, or make a new one in the hub."""


class CodeExpired(EnrolmentError):
    """The enrolment code has expired: it lives for 10 minutes. Make a new one in the hub."""


class CodeUsed(EnrolmentError):
    """The enrolment code was used already. Make a new one in the hub."""


class CodeBlocked(EnrolmentError):
    """The enrolment code was tried too often. Make a new one in the hub."""


class BadFingerprint(EnrolmentError):
    """Not a valid agent key. You find it where the agent was started; it looks like 7K2QM-0H5XN-T9B4C-W8D3E."""


class OtherKeys(EnrolmentError):
    """The enrolment code was made for an agent with another key. Compare the key that the agent shows."""


class BadKeys(EnrolmentError):
    """The agent's keys are not valid Doorsync keys."""


class HubRotationError(TerminalsError):
    """The hub's keys cannot be changed now."""


class RotationUnderWay(HubRotationError):
    """A change of the hub's keys is under way already. Finish it first: doorsync hub rotate-keys --finish."""


class NoRotation(HubRotationError):
    """No change of the hub's keys is under way. Begin one: doorsync hub rotate-keys."""


class AgentsLeft(HubRotationError):
    """Some agents still trust the old keys. Give them time, or add --leave, and enrol each of them again."""
