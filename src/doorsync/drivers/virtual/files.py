"""Files of a virtual terminal's folder: written whole or not at all, and a lock that keeps a second process out."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any


class FolderInUse(Exception):
    """Another virtual terminal runs in this folder."""


def write(path: Path, text: str) -> None:
    """Replace the file in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step, readably."""
    write(path, json.dumps(content, indent=2) + "\n")


def hold(folder: Path) -> int:
    """Hold the folder until this process ends. Raises FolderInUse."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise FolderInUse(f"A virtual terminal runs in {folder} already.") from error
    return descriptor
