"""What can go wrong with zones, time schedules and access rights."""

from __future__ import annotations


class AccessError(Exception):
    """Access cannot be arranged like this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__ or "")


class AccessNameTaken(AccessError):
    """The company has one of this name already."""


class BadHours(AccessError):
    """These are no weekly hours."""


class ScheduleInUse(AccessError):
    """Access rights still use this time schedule. Withdraw them first."""
