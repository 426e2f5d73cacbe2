"""What can go wrong with zones, time schedules and access rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from django.utils.translation import gettext, gettext_noop


class AccessError(Exception):
    """Invalid access data."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext(self.__doc__ or ""))


class AccessNameTaken(AccessError):
    """The company has one of this name already."""


class BadHours(AccessError):
    """Invalid weekly schedule."""


class BadHoliday(AccessError):
    """Invalid holiday."""

    WORDS: ClassVar = {
        "last": gettext_noop("The last day comes with the first or after it, at most a year later."),
        "hours": gettext_noop(
            "Write both times like 09:00 and 13:00, the earlier first; or leave both empty where it is closed."
        ),
        "most": gettext_noop("This calendar is full. Delete holidays that are over."),
    }

    def __init__(self, what: str) -> None:
        super().__init__(gettext(self.WORDS[what]))
        self.what = what


class InUse(AccessError):
    """Something else still needs this. Nothing was deleted."""

    NAMED = 3  # so many are named; more are counted

    @classmethod
    def by(cls, name: str, users: Sequence[str]) -> Self:
        """With the name of what was to be deleted, and of what still needs it."""
        told = gettext("“%(name)s” is still in use: %(users)s. Nothing was deleted.")
        return cls(told % {"name": name, "users": cls.some_of(users)})

    @classmethod
    def some_of(cls, users: Sequence[str]) -> str:
        """The first few by name, and how many more there are."""
        shown = ", ".join(users[: cls.NAMED])
        if more := len(users) - cls.NAMED if len(users) > cls.NAMED else 0:
            shown = gettext("%(names)s and %(more)s more") % {"names": shown, "more": more}
        return shown


class ScheduleInUse(InUse):
    """Access rights still use this time schedule. Withdraw them first."""
