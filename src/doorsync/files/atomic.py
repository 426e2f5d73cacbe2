"""Files that hold the whole of a text or what they held before, whenever the power fails. Readable by their owner only."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from doorsync import crash

POINTS = ("files.drafted",)


def write(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace the file in one step. `durable`: it is on the disk on return. Raises OSError, and the file is as before."""
    draft = path.with_name(f".{path.name}.draft")
    with _open_alone(draft) as file:
        try:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
                crash.point("files.drafted")
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    if durable:
        sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """A folder that only its owner may enter, on the disk; one that is there stays as it is. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring to the disk which names the folder holds. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_alone(draft: Path) -> IO[str]:
    """The draft, empty, for one writer at a time: nobody moves into place what another has half written."""
    while True:
        file = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_still(draft, file):
            os.fchmod(file.fileno(), 0o600)  # one that was left may be open to others
            file.truncate(0)
            return file
        file.close()  # whom we waited for has moved it into place


def _is_still(draft: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(draft.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
