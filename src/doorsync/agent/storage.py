"""Files that survive a power cut: written beside, brought to the disk, then moved into place. Readable by their owner only."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorsync.agent import crash
from doorsync.agent.errors import FolderInUse, StorageFailed


def write(path: Path, text: str) -> None:
    """The file holds the whole text, on the disk, or what it held before. Raises StorageFailed."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        _folder(path.parent)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        crash.point("agent.file-drafted")
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StorageFailed(f"Cannot write {path}: {error.strerror}.") from error


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One at a time, in whatever process, of those who name the same file. Raises StorageFailed."""
    try:
        keep_root_out(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageFailed(f"Cannot use {path}: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def keep_root_out(folder: Path) -> None:
    """What root writes here, the account that the agent runs under could not read. Raises StorageFailed."""
    owner = folder.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise StorageFailed(f"The data folder {folder} belongs to account {owner}. Run this as that account, not as root.")


def note(path: Path, text: str) -> None:
    """As a whole or not at all, but not waiting for the disk: for what only people read. Raises OSError."""
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def is_held(folder: Path) -> bool:
    """Whether an agent runs in the folder."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Keep other agents out of the folder. Raises FolderInUse or StorageFailed."""
    try:
        _folder(folder)
        keep_root_out(folder)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageFailed(f"Cannot use the data folder {folder}: {error.strerror}.") from error
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    """Tried a few times: somebody may just be asking whether an agent runs."""
    for tries_left in (2, 1, 0):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            if not tries_left:
                raise FolderInUse(f"An agent runs in {folder} already. Stop it first.") from error
            time.sleep(0.05)


def _folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
