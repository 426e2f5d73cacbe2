"""Numbers of commands that are never reused: a late acknowledgement must not count for another command."""

from __future__ import annotations

import threading
from pathlib import Path

from doorsync.files import atomic

FILE = "next-command"
AHEAD = 10_000  # numbers that are given before the disk is written again


class CommandNumbers:
    """A counter that survives restarts, with gaps. Raises ValueError for a damaged file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._next = self._reserved = self._kept()

    def take(self) -> int:
        """The next one."""
        with self._lock:
            if self._next >= self._reserved:
                self._reserved = self._next + AHEAD
                atomic.write(self._path, str(self._reserved))
            self._next += 1
            return self._next - 1

    def _kept(self) -> int:
        return int(self._path.read_text()) if self._path.exists() else 1
