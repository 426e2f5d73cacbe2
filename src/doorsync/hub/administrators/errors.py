"""What can go wrong with administrators and their signing in."""

from __future__ import annotations

from django.utils.translation import gettext


class AdministratorError(Exception):
    """Invalid administrator."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext(self.__doc__ or ""))


class NoSuchAdministrator(AdministratorError):
    """There is no administrator with this name and password who may synchronise."""


class Throttled(AdministratorError):
    """There were too many wrong tries. `seconds` says when to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext("There were too many wrong tries. Try again in %(seconds)s seconds.") % {"seconds": seconds})
        self.seconds = seconds


class Busy(AdministratorError):
    """Too many people sign in at this moment. Try again in a few seconds."""


class UsernameTaken(AdministratorError):
    """The company already has an administrator with this username."""


class BadUsername(AdministratorError):
    """A username must have 1 to 150 characters, and none that cannot be printed."""


class LastOwner(AdministratorError):
    """A company needs an owner who can sign in. Make somebody else an owner first."""


class LimitedOwner(AdministratorError):
    """An owner cannot be limited to locations. Choose another level, or no limit."""


class WeakPassword(AdministratorError):
    """A password must have 8 to 1000 characters."""


class WrongCode(AdministratorError):
    """This code is wrong, or it was used already. Wait until the app shows the next one."""


class SecondFactorOn(AdministratorError):
    """The second factor is on already."""


class SecondFactorOff(AdministratorError):
    """The second factor is not on."""


class FactorDemanded(AdministratorError):
    """Your company asks for a second factor, and this is your last one. Set up another one first."""


class WrongPasskey(AdministratorError):
    """That passkey was not accepted, or it took too long. Try again."""


class PasskeyTaken(AdministratorError):
    """This passkey is there already."""


class TooManyPasskeys(AdministratorError):
    """You have as many passkeys as there can be. Remove one first."""


class NoSuchPasskey(AdministratorError):
    """This passkey is not there any more."""
