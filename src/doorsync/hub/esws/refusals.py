"""What an operation refuses. Each operation's page has a return string for those that it knows; see `declarations`."""

from __future__ import annotations

from doorsync.hub.esws.errors import EswsError


class Refused(EswsError):
    """The call is understood and refused; the return string says why."""


class NoCode(Refused):
    """No security code was given."""


class NoUsername(Refused):
    """No administrator's name was given."""


class NoPassword(Refused):
    """No administrator's password was given."""


class NoId(Refused):
    """No id of a user was given."""


class BadId(Refused):
    """The id of a user is not a number that a user can have."""


class NoSuchUser(Refused):
    """The company has no user of this id."""


class NoIdField(Refused):
    """None of the company's info fields has the function wsAltUserId."""
