"""What can go wrong with a company."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy


class CompanyError(Exception):
    """The company cannot be used."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext_lazy(self.__doc__ or ""))  # keys are checked before Django is set up


class UnknownCompany(CompanyError):
    """There is no company with this code or name."""


class CompanyBusy(CompanyError):
    """Somebody else has been changing this company for some time."""


class CannotUnseal(CompanyError):
    """A stored secret cannot be decrypted with the keys in the data folder. Restore the keys that belong to this database."""


class WeakCode(CompanyError):
    """A company code must have exactly 32 characters, and at least 10 different ones."""


class CodeTaken(CompanyError):
    """Another company has this code. Codes tell companies apart, so choose another."""


class SlugTaken(CompanyError):
    """There is a company with this short name already."""


class LocationNameTaken(CompanyError):
    """The company has one of this name already."""


class UnknownTimeZone(CompanyError):
    """There is no such time zone."""

    def __init__(self, name: str) -> None:
        super().__init__(gettext("There is no time zone “%(name)s”. Write it like Europe/Amsterdam.") % {"name": name})


class WrongSetupCode(CompanyError):
    """This is not the code that the hub showed when it started, or its hour is over. Start the hub again for a new one."""


class AlreadySetUp(CompanyError):
    """This hub has a company already."""
