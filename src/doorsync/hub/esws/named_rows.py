"""Looks up the user or location that a parameter names. Empty and 0 name none: some clients cannot leave a number out."""

from __future__ import annotations

from doorsync.hub.companies.models import Location
from doorsync.hub.esws.refusals import BadId, NoSuchLocation, NoSuchUser
from doorsync.hub.esws.users.lookup import location_of, user_number, user_of_number
from doorsync.hub.users.models import User


def is_given(text: str) -> bool:
    """Whether the parameter names anything."""
    return text.strip().strip("0") != ""


def named_user(text: str) -> User:
    """The user with this number. Raises NoSuchUser."""
    try:
        found = user_of_number(user_number(text))
    except BadId:
        found = None
    if found is None:
        raise NoSuchUser
    return found


def named_location(text: str) -> Location:
    """The location with this id. Raises NoSuchLocation."""
    found = location_of(text)
    if found is None:
        raise NoSuchLocation
    return found
