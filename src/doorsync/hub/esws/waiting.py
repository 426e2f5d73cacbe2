"""Waits for the end of a sync that a program started, as long as a program may be kept waiting. Few may wait at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from doorsync.hub.sync.run.program_status import ProgramStatus, RunState

AT_ONCE = 4  # of the service's threads; a call beyond these is told how it stands now
PAUSE = 0.25  # seconds between looks
_places = BoundedSemaphore(AT_ONCE)


def wait_for_end(look: Callable[[], ProgramStatus], seconds: float) -> ProgramStatus:
    """The status once nothing goes on that an answer is worth waiting for, or after so many seconds."""
    with _place() as found:
        end = time.monotonic() + (seconds if found else 0)
        while _goes_on(status := look()) and time.monotonic() < end:
            time.sleep(PAUSE)
        return status


def _goes_on(status: ProgramStatus) -> bool:
    """Whether a terminal is still at work that answers, as far as is known."""
    at_work = (RunState.SYNCING, RunState.WAITING)
    return any(each.state in at_work and each.status.terminal.lost_at is None for each in status.terminals)


@contextmanager
def _place() -> Iterator[bool]:
    found = _places.acquire(blocking=False)
    try:
        yield found
    finally:
        if found:
            _places.release()
