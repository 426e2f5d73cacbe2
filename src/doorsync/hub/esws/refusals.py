"""What an operation refuses. Each operation's page has a return string for those that it knows; see `declarations`."""

from __future__ import annotations

from collections.abc import Iterable

from doorsync.hub.esws.errors import EswsError


class Refused(EswsError):
    """The call is understood and refused; the return string says why.

    `fields`: what of the call was refused, by the name of a parameter or of a user's field; `reasons`: sentences that repeat no
    value. Both are for the hub's log.
    """

    def __init__(self, *fields: str, reasons: Iterable[str] = ()) -> None:
        super().__init__()
        self.fields, self.reasons = fields, tuple(reasons)


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


class NoLocationId(Refused):
    """No id of a location was given."""


class NoSyncCode(Refused):
    """No code of a sync was given."""


class NoSuchSync(Refused):
    """The company has no sync with this code."""


class NobodyDialsOut(Refused):
    """No agent of this location dials out to the hub, so that only a browser can carry its changes."""


class NoTerminal(Refused):
    """The location has no terminal."""


class BadPage(Refused):
    """The page is not a number."""


class NobodyFound(Refused):
    """No user of the company fits."""


class NoSuchInfoField(Refused):
    """There is no such info field: they are called info1 to info14."""


class NoSuchLocation(Refused):
    """The company has no location of this id."""


class NoIdField(Refused):
    """None of the company's info fields has the function wsAltUserId."""


class CannotSave(Refused):
    """The user cannot be kept as the call says."""


class CardNotValid(Refused):
    """The card is not a decimal number, or was reported lost."""


class CardNotSupported(Refused):
    """The card has a custom number beside its own, which no terminal here tells apart."""


class CardTaken(Refused):
    """Somebody else in the company has this card."""


class NoGroup(Refused):
    """The company has branches, and no group was named."""


class NoSuchGroup(Refused):
    """The company has branches, and a group that was named does not exist."""


class NoLocation(Refused):
    """The company has branches, and no location of it was named."""


class NotAtLocation(Refused):
    """The user does not belong to the location that was named."""


class NothingToDo(Refused):
    """Neither the picture nor the templates are to be deleted."""


class NoData(Refused):
    """No picture was given."""


class NoExtension(Refused):
    """No kind of picture was given."""


class OtherExtension(Refused):
    """The picture is neither jpg nor png."""


class NoFaceTerminal(Refused):
    """The company has no terminal that can make face templates."""
