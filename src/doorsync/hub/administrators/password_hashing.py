"""Password hashing: Argon2id at OWASP's minimum, a few at a time. More would only make everybody wait, and take memory.

Callers from unknown sources have one lane and a few places of their own, so that a flood of them slows nobody else down.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from doorsync.hub.administrators.errors import Busy

AT_ONCE = 2  # hashes that run at the same time in this process
STRANGERS_AT_ONCE = 1  # of these, for callers from unknown sources
PLACES = 64  # callers that hash or wait for it: about a second's work
STRANGERS_PLACES = 4  # fewer than the threads that answer programs, so that some are always left for the others
PATIENCE = 2.0  # seconds that a caller waits

_running = BoundedSemaphore(AT_ONCE)
_strangers_running = BoundedSemaphore(STRANGERS_AT_ONCE)
_places = BoundedSemaphore(PLACES)
_strangers_places = BoundedSemaphore(STRANGERS_PLACES)


class Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 25 ms."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


@contextmanager
def hashing_place(*, stranger: bool = False) -> Iterator[None]:
    """Take a place in the queue for hashing. Raises Busy at once when it is full, before anything costly is done."""
    places = _strangers_places if stranger else _places
    if not places.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        places.release()


@contextmanager
def hashing_turn(*, stranger: bool = False) -> Iterator[None]:
    """Wait until a hash may be computed. Raises Busy when that takes too long."""
    with _held(_strangers_running) if stranger else nullcontext(), _held(_running):
        yield


@contextmanager
def _held(lane: BoundedSemaphore) -> Iterator[None]:
    if not lane.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        lane.release()


def password_matches(password: str, encoded: str, keep: Callable[[str], None] | None = None, *, stranger: bool = False) -> bool:
    """Whether the password belongs to this hash. `keep` gets a new hash when the old one has weaker parameters."""
    weaker: list[str] = []
    stand_in = unknown_hash()  # made outside the turn: its first making needs a turn of its own
    with hashing_turn(stranger=stranger):
        right = check_password(password, encoded or stand_in, weaker.append if keep else None)
        renewed = make_password(weaker[0]) if weaker and keep else ""
    if renewed and keep:
        keep(renewed)
    return right


def hash_password(password: str) -> str:
    """A fresh hash, salted."""
    with hashing_place(), hashing_turn():
        return make_password(password)


@cache
def unknown_hash() -> str:
    """A hash that no password matches, checked where there is no administrator, so that the time is the same."""
    return make_password(secrets.token_hex(32))
