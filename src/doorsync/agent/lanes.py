"""Jobs in lanes: those of one lane run one after the other, those of different lanes at once. Waiting costs no thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """Gives a job to the executor as soon as the one before it in its lane has ended."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[Future[T], Callable[[], T]]]] = {}  # of the lanes with a job under way

    def submit(self, lane: str, job: Callable[[], T]) -> Future[T]:
        """The future of a job in this lane."""
        future: Future[T] = Future()
        with self._lock:
            if lane in self._waiting:
                self._waiting[lane].append((future, job))
                return future
            self._waiting[lane] = deque()
        self._start(lane, future, job)
        return future

    def _start(self, lane: str, future: Future[T], job: Callable[[], T]) -> None:
        try:
            self._executor.submit(self._run, lane, future, job)
        except RuntimeError as error:  # it was shut down
            future.set_exception(error)
            self._next(lane)

    def _run(self, lane: str, future: Future[T], job: Callable[[], T]) -> None:
        try:
            future.set_result(job())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the job
            future.set_exception(error)
        finally:
            self._next(lane)

    def _next(self, lane: str) -> None:
        with self._lock:
            waiting = self._waiting[lane]
            if not waiting:
                del self._waiting[lane]
                return
            future, job = waiting.popleft()
        self._start(lane, future, job)
