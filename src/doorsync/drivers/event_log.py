"""What a session offers whose terminal keeps a log of its door. A driver reads it, and deletes nothing by itself."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from doorsync.domain.door_events import LogPage, LogPosition


@runtime_checkable
class SupportsEventLog(Protocol):
    """A session with a terminal that keeps events. Any method may raise TerminalError."""

    def events(self, after: LogPosition, most: int) -> LogPage:
        """The oldest events after this position, `most` of them at most.

        Of another series than the terminal's, or "": from its oldest entry on. Reading changes nothing at the terminal.
        """
        ...

    def clear_events(self, upto: LogPosition) -> None:
        """Let the terminal forget its events up to this position and no others; nothing happens where its series is another."""
        ...
