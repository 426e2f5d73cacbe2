"""The agent's data folder: its files and locks, with errors that a person can act on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorsync.agent.errors import FolderInUse, StorageFailed
from doorsync.files import atomic
from doorsync.files.lock import AlreadyLocked, is_locked, take_lock, wait_for_lock

LOCK = "lock"


def write(path: Path, text: str) -> None:
    """Replace the file atomically and durably. Raises StorageFailed."""
    try:
        atomic.make_folder(path.parent)
        atomic.write(path, text)
    except OSError as error:
        raise StorageFailed(f"Cannot write {path}: {error.strerror}.") from error


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Hold the lock of this file, also against other processes. Raises StorageFailed."""
    try:
        refuse_foreign_root(path.parent)
        lock = wait_for_lock(path)
    except OSError as error:
        raise StorageFailed(f"Cannot use {path}: {error.strerror}.") from error
    with lock:
        yield


def refuse_foreign_root(folder: Path) -> None:
    """Refuse to run as root in a folder of another account, which could not read what root writes. Raises StorageFailed."""
    owner = folder.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise StorageFailed(f"The data folder {folder} belongs to account {owner}. Run this as that account, not as root.")


def is_held(folder: Path) -> bool:
    """Whether an agent runs in the folder."""
    return is_locked(folder / LOCK)


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Keep other agents out of the folder. Raises FolderInUse or StorageFailed."""
    try:
        atomic.make_folder(folder)
        refuse_foreign_root(folder)
        lock = take_lock(folder / LOCK)
    except AlreadyLocked as error:
        raise FolderInUse(f"An agent runs in {folder} already. Stop it first.") from error
    except OSError as error:
        raise StorageFailed(f"Cannot use the data folder {folder}: {error.strerror}.") from error
    with lock:
        yield
