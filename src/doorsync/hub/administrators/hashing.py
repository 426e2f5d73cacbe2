"""Password hashing: Argon2id at OWASP's minimum, a few at a time. More would only make everybody wait, and take memory."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from doorsync.hub.administrators.errors import Busy

AT_ONCE = 2  # hashes that run at the same time in this process
WAITING = 64  # calls that may wait for one: about a second
PATIENCE = 2.0  # seconds that a call waits

_running = BoundedSemaphore(AT_ONCE)
_admitted = BoundedSemaphore(AT_ONCE + WAITING)


class Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 25 ms."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


@contextmanager
def turn() -> Iterator[None]:
    """A turn to hash. Raises Busy when too many wait already, or the wait is too long."""
    if not _admitted.acquire(blocking=False):
        raise Busy
    try:
        if not _running.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            _running.release()
    finally:
        _admitted.release()


def matches(password: str, encoded: str, keep: Callable[[str], None] | None = None) -> bool:
    """Whether the password belongs to this hash. `keep` gets a new hash when the old one has weaker parameters."""
    weaker: list[str] = []
    stand_in = unknown()  # made outside the turn: its first making needs a turn of its own
    with turn():
        right = check_password(password, encoded or stand_in, weaker.append if keep else None)
        renewed = make_password(weaker[0]) if weaker and keep else ""
    if renewed and keep:
        keep(renewed)
    return right


def hashed(password: str) -> str:
    """A fresh hash, salted."""
    with turn():
        return make_password(password)


@cache
def unknown() -> str:
    """The hash that nobody's password has: checked where there is no administrator, so that it takes the same time."""
    return make_password(secrets.token_hex(32))
