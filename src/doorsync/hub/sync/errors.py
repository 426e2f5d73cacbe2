"""Why sync work cannot be done as asked. The messages are shown on the pages."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext


class SyncError(Exception):
    """The terminals cannot be synchronised as asked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext(self.__doc__ or ""))


class NoTerminals(SyncError):
    """The filter chooses no terminal. Choose at least one."""


class UnknownChoice(SyncError):
    """This filter names a location, terminal or group that does not exist or was deleted."""


class NeedsConfirmation(SyncError):
    """So many people would be removed that the number has to be typed first."""

    def __init__(self, count: int) -> None:
        text = ngettext(
            "%(count)s removal in all. Type %(count)s to confirm.",
            "%(count)s removals in all. Type %(count)s to confirm.",
            count,
        )
        super().__init__(text % {"count": count})
        self.count = count


class UnknownRun(SyncError):
    """There is no such run in this company."""


class NothingFailed(SyncError):
    """No terminal of this run failed, so there is nothing to retry."""


class RetryElsewhere(SyncError):
    """Another run with the same filter is open. Look at that one, or wait until it has ended."""


class NoStranger(SyncError):
    """There is nobody to decide on any more: they are gone from this terminal, are its own, or were decided on already."""


class AdoptionChanged(SyncError):
    """What this terminal holds, or who should be there, has changed meanwhile. Nothing was taken over: look again."""
