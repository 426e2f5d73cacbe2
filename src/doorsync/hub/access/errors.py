"""What can go wrong with zones, time schedules and access rights."""

from __future__ import annotations


class AccessError(Exception):
    """Invalid access data."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__ or "")


class AccessNameTaken(AccessError):
    """The company has one of this name already."""


class BadHours(AccessError):
    """Invalid weekly schedule."""


class ScheduleInUse(AccessError):
    """Access rights still use this time schedule. Withdraw them first."""
