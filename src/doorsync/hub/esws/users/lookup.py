"""Finds the user whom a call names: by number, which ESWS calls Id, or by a third party's own id, wsAltUserId."""

from __future__ import annotations

import re

from doorsync.domain.text import normalized_text
from doorsync.hub.companies.models import Location
from doorsync.hub.esws.declarations import Parameter, ReturnStrings
from doorsync.hub.esws.placeholders import is_placeholder
from doorsync.hub.esws.refusals import BadId, NoId, NoIdField, NoSuchUser
from doorsync.hub.esws.values import STRING
from doorsync.hub.users.fields import LAST_NUMBER
from doorsync.hub.users.models import InfoField, User
from doorsync.hub.users.queries import user_with_number, users_with_external_ids

ALT_ID = Parameter("p_wsAltUserId", "alt_id", STRING, "your own id of the user")
NOT_KNOWN: ReturnStrings = {
    NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD_SET",
    NoId: "NO_ID_RECEIVED",
    NoSuchUser: "NO_USER_FOUND_WITH_WSALTUSERID",
}
DIGITS = re.compile(r"0*([0-9]{1,9})")


def user_number(text: str) -> int:
    """The number of a user as a call writes it. Raises BadId."""
    found = DIGITS.fullmatch(text.strip())
    number = int(found[1]) if found else 0
    if not 1 <= number <= LAST_NUMBER:
        raise BadId
    return number


def user_of_number(number: int) -> User | None:
    """The user with this number, if the company in scope has one."""
    return user_with_number(number)


def alt_id_key(alt_id: str) -> str:
    """The id of a third party as users keep it. Raises NoId for nothing but space, zeros, or a word for no value.

    Many users have none of these ids; and a program that had none for several people would make all of them one.
    """
    wanted = normalized_text(alt_id.strip())
    if not wanted.strip("0") or is_placeholder(wanted):
        raise NoId
    return wanted


def user_of_alt_id(alt_id: str) -> User | None:
    """The user with this id of a third party, if the company in scope has one. Raises NoId where it is nothing but space."""
    wanted = alt_id_key(alt_id)
    return users_with_external_ids([wanted]).get(wanted)


def known_user(alt_id: str) -> User:
    """The user with this id of a third party. Raises NoIdField, NoId or NoSuchUser, in this order."""
    require_id_field()
    user = user_of_alt_id(alt_id)
    if user is None:
        raise NoSuchUser
    return user


def require_id_field() -> None:
    """Raises NoIdField where no info field of the company in scope has the function wsAltUserId."""
    if not InfoField.objects.filter(function=InfoField.Function.EXTERNAL_ID).exists():
        raise NoIdField


def location_of(text: str | None) -> Location | None:
    """The location of the company in scope that has this id."""
    found = DIGITS.fullmatch((text or "").strip())
    return Location.objects.filter(pk=int(found[1])).first() if found else None
