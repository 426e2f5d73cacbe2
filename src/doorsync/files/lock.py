"""Locks between processes, and between threads of one. The system releases a lock when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

TRIES, PAUSE = 3, 0.05  # somebody may just be asking whether the lock is held


class AlreadyLocked(Exception):
    """Another process holds this lock."""


class Lock:
    """A lock that is held until it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        """Release the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def wait_for_lock(path: Path) -> Lock:
    """The lock of this file or folder, as soon as nobody else holds it. Raises OSError."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return Lock(descriptor)


def take_lock(path: Path) -> Lock:
    """The lock of this file or folder. Raises AlreadyLocked at once when somebody else holds it, or OSError."""
    descriptor = _open(path)
    for tries_left in reversed(range(TRIES)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if not tries_left:
                os.close(descriptor)
                raise AlreadyLocked(str(path)) from None
            time.sleep(PAUSE)
        except BaseException:
            os.close(descriptor)
            raise
    return Lock(descriptor)


def is_locked(path: Path) -> bool:
    """Whether anybody holds the lock of this file; makes no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY) if path.is_dir() else os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
