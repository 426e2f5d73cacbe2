"""A stream for log lines that never fails whoever writes: a full disk, or a pipe without a reader, loses the line and no more."""

from __future__ import annotations

from typing import TextIO


class LogStream:
    """Hands text on to a stream, and drops what cannot be written there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """How many characters were taken: all of them, or none."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):  # the latter of a closed stream, and of text that it cannot encode
            return 0

    def flush(self) -> None:
        """Pass on what waits."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return

    def isatty(self) -> bool:
        """Whether a person reads along."""
        return self._stream.isatty()
