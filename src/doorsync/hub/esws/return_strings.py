"""How errors of the hub reach a program: the documented return strings, exact to the space, and the faults for the rest."""

from __future__ import annotations

from collections.abc import Mapping

from doorsync.hub.administrators import errors as administrators
from doorsync.hub.companies import errors as companies
from doorsync.hub.esws import errors

RETURN_STRINGS: Mapping[type[Exception], str] = {
    errors.NoCode: "ERROR_NO_SECURITY_HASH",
    companies.UnknownCompany: "ERROR_UNKNOWN_SECURITY_HASH",
    errors.NoUsername: "NO USERNAME PROVIDED",
    errors.NoPassword: "NO PASSWORD PROVIDED",
    administrators.NoSuchAdministrator: "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD",
}
# A program that said Latin-1 and sent UTF-8 meets these; the other reading of its bytes may be the right one.
MISREAD = (companies.UnknownCompany, administrators.NoSuchAdministrator)
BUSY_SECONDS = 2


def return_string(error: Exception) -> str | None:
    """What the pages say for this error; None when they say nothing."""
    return next((text for kind, text in RETURN_STRINGS.items() if isinstance(error, kind)), None)


def as_fault(error: Exception) -> errors.Fault:
    """The fault for an error that has no return string; nothing of its text goes out."""
    if isinstance(error, errors.Fault):
        return error
    if isinstance(error, administrators.Throttled):
        return errors.Throttled(retry_after=max(1, round(error.seconds)))
    if isinstance(error, administrators.Busy):
        return errors.Busy(retry_after=BUSY_SECONDS)
    return errors.Broken()
