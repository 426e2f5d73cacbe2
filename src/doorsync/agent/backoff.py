"""Growing pauses before something that the hub refused is sent again: each twice as long as the one before."""

from __future__ import annotations

import time
from dataclasses import dataclass

FIRST, LONGEST = 0.5, 300.0  # seconds


@dataclass(slots=True)
class _Wait:
    pause: float = 0.0
    until: float = 0.0


class Backoff:
    """The pauses of one courier, by terminal. They outlive a round, because a refusal does."""

    def __init__(self) -> None:
        self._waits: dict[str, _Wait] = {}

    def note(self, terminal: str, *, taken: bool) -> None:
        """Note whether the hub took what was sent for this terminal."""
        if taken:
            self._waits.pop(terminal, None)
            return
        wait = self._waits.setdefault(terminal, _Wait())
        wait.pause = min(max(wait.pause * 2, FIRST), LONGEST)
        wait.until = time.monotonic() + wait.pause

    def held_back(self) -> set[str]:
        """The terminals to leave alone for now."""
        return {terminal for terminal, wait in self._waits.items() if wait.until > time.monotonic()}
