"""Writes what several threads have to write at the same moment in one transaction: they wait once for the lock and the disk.

While one thread writes, those that come meanwhile wait; then the first of them writes for all of them. Nobody waits for a timer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

Job = TypeVar("Job")
MOST = 64  # jobs in one transaction


@dataclass(slots=True, eq=False)
class _Turn(Generic[Job]):
    job: Job
    awake: Event = field(default_factory=Event)
    over: bool = False
    failed: bool = False


class GroupCommit(Generic[Job]):
    """`write` gets one job or several, and does all or none of them: it commits, or raises."""

    def __init__(self, write: Callable[[Sequence[Job]], None]) -> None:
        self._write = write
        self._lock = Lock()
        self._waiting: list[_Turn[Job]] = []
        self._busy = False

    def run(self, job: Job) -> None:
        """Return when the job is done. When several fail together, each is tried again alone, and raises its own error."""
        turn = _Turn(job)
        with self._lock:
            self._waiting.append(turn)
            leads, self._busy = not self._busy, True
        if not leads:
            turn.awake.wait()
        if not turn.over:
            self._lead()
        if turn.failed:
            self._write([job])

    def _lead(self) -> None:
        with self._lock:
            turns, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        failed = True
        try:
            self._write([turn.job for turn in turns])
            failed = False
        except Exception:
            if len(turns) == 1:
                raise
        finally:
            self._pass_on(turns, failed=failed)

    def _pass_on(self, turns: Sequence[_Turn[Job]], *, failed: bool) -> None:
        for turn in turns:
            turn.over, turn.failed = True, failed and len(turns) > 1
        with self._lock:
            self._busy = bool(self._waiting)
            following = self._waiting[:1]
        for turn in [*turns, *following]:
            turn.awake.set()
