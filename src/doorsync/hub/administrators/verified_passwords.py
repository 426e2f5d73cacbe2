"""Passwords that were verified a moment ago, so that a program that calls again and again does not wait for a hash each time.

Kept is a keyed digest of administrator, stored hash and password, under a key that only this process has, for a minute that
use does not prolong. A new password is a miss, because the stored hash differs. Whether the administrator may sign in is
for the caller to look up each time. A wrong password is never kept.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

SECONDS = 60.0
MOST = 10_000


class VerifiedPasswords:
    """Remembers for `seconds`, and `most` of them; the oldest go first."""

    def __init__(self, *, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = secrets.token_bytes(32)
        self._seconds, self._most, self._clock = seconds, most, clock
        self._until: dict[bytes, float] = {}  # in the order in which they lapse
        self._running: dict[tuple[bytes, bool], Future[bool]] = {}
        self._lock = Lock()

    def remembers(self, administrator_id: int, encoded: str, password: str) -> bool:
        """Whether this password was verified against this stored hash less than a minute ago, in this process."""
        return self._until.get(self._digest(administrator_id, encoded, password), 0.0) > self._clock()

    def verify(
        self, administrator_id: int, encoded: str, password: str, matches: Callable[[], bool], *, stranger: bool = False
    ) -> bool:
        """Whether it was verified a moment ago, or else what `matches()` says; where that runs already, its answer or error.

        Callers from unknown sources hash in a lane of their own: others do not wait for them.
        """
        digest = self._digest(administrator_id, encoded, password)
        with self._lock:
            if self._until.get(digest, 0.0) > self._clock():
                return True
            running = self._running.get((digest, stranger))
            answer = running or self._running.setdefault((digest, stranger), Future())
        if running is None:
            self._answer(digest, stranger, answer, matches)
        return answer.result()

    def forget(self) -> None:
        """Forget them all."""
        with self._lock:
            self._until.clear()

    def _answer(self, digest: bytes, stranger: bool, answer: Future[bool], matches: Callable[[], bool]) -> None:
        try:
            right = matches()
            if right:
                self._remember(digest)
            answer.set_result(right)
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it; `result` raises it here as well
            answer.set_exception(error)
        finally:
            with self._lock:
                del self._running[digest, stranger]

    def _remember(self, digest: bytes) -> None:
        now = self._clock()
        with self._lock:
            self._until.pop(digest, None)
            self._until[digest] = now + self._seconds
            while len(self._until) > self._most or next(iter(self._until.values())) <= now:
                del self._until[next(iter(self._until))]

    def _digest(self, administrator_id: int, encoded: str, password: str) -> bytes:
        parts = [str(administrator_id).encode(), encoded.encode(), password.encode("utf-8", "surrogatepass")]
        return hmac.digest(self._key, b"".join(len(part).to_bytes(8, "big") + part for part in parts), "sha256")
