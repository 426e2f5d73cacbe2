"""What administrators may do: by their level, and at which locations. Pages, the SOAP service and the command line ask here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from doorsync.hub.administrators.errors import LimitedOwner
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.companies.models import Location


class Permission(StrEnum):
    """A kind of work. What is not named for a level is forbidden to it."""

    VIEW = "view"  # people, doors, what is pending
    OPEN = "open"  # open a door from here
    SYNC = "sync"  # press Sync, save filters, decide on strangers and devices
    PEOPLE = "people"  # add, change, suspend and remove people and their credentials
    DOORS = "doors"  # change terminals
    AGENTS = "agents"  # agents and their codes: they reach terminals of any location
    ACCESS = "access"  # groups, zones, time schedules, rights, locations
    AUDIT = "audit"
    PRIVACY = "privacy"  # take along all that is known of a person, and erase it
    SETTINGS = "settings"  # the company's settings, its security code, administrators


class CredentialView(StrEnum):
    """How much of a card or PIN somebody sees."""

    HIDDEN = "hidden"
    MASKED = "masked"
    SHOWN = "shown"


_FRONT_DESK = frozenset({Permission.VIEW, Permission.OPEN, Permission.SYNC, Permission.PEOPLE})
_MANAGER = _FRONT_DESK | {Permission.DOORS, Permission.AGENTS, Permission.ACCESS, Permission.AUDIT, Permission.PRIVACY}
GRANTED = {
    Level.OBSERVER: frozenset({Permission.VIEW, Permission.AUDIT}),
    Level.FRONT_DESK: _FRONT_DESK,
    Level.MANAGER: _MANAGER,
    Level.OWNER: _MANAGER | {Permission.SETTINGS},
}
WHOLE_COMPANY = frozenset({Permission.AGENTS, Permission.ACCESS, Permission.AUDIT, Permission.PRIVACY, Permission.SETTINGS})
NOWHERE = frozenset({0})  # no location has this id; an empty set of ids would mean all of them elsewhere


@dataclass(frozen=True, slots=True)
class Role:
    """A level, and the locations that it is limited to; None for all of the company. Raises LimitedOwner."""

    level: Level
    locations: Collection[Location] | None = None

    def __post_init__(self) -> None:
        if self.level == Level.OWNER and self.locations is not None:
            raise LimitedOwner


OWNER = Role(Level.OWNER)


def may(administrator: Administrator, permission: Permission) -> bool:
    """Whether this administrator may do it, at their locations at least.

    What concerns the whole company is closed to whoever is limited to locations.
    """
    if administrator.limited and permission in WHOLE_COMPANY:
        return False
    return permission in _granted(administrator.level)


@lru_cache(maxsize=64)
def _granted(level: str) -> frozenset[Permission]:
    """Nothing to a level that there is not."""
    return GRANTED.get(Level(level), frozenset()) if level in Level else frozenset()


def location_limit(administrator: Administrator) -> frozenset[int] | None:
    """The ids of the locations that they are limited to, never an empty set; None for an administrator without limit."""
    if not administrator.limited:
        return None
    return frozenset(administrator.locations.values_list("pk", flat=True)) or NOWHERE


def credential_view(administrator: Administrator) -> CredentialView:
    """How much of cards and PINs they see. Owners and managers have to be allowed to see them whole."""
    if not may(administrator, Permission.PEOPLE):
        return CredentialView.HIDDEN
    shown = administrator.sees_credentials and may(administrator, Permission.DOORS)
    return CredentialView.SHOWN if shown else CredentialView.MASKED
