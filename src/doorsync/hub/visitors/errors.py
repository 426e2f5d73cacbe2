"""What can go wrong with visits."""

from __future__ import annotations

from django.utils.translation import gettext


class VisitError(Exception):
    """Invalid visit."""

    def __init__(self) -> None:
        super().__init__(gettext(self.__doc__ or ""))


class VisitIsOver(VisitError):
    """This visit is over."""


class BadVisit(VisitError):
    """A visit ends after it starts, and is not over yet; one that comes weekly is shorter than a week."""
