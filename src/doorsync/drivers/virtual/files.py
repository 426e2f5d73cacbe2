"""Files of a virtual terminal's folder, and the lock that keeps a second process out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual.errors import VirtualTerminalError
from doorsync.files import atomic
from doorsync.files.lock import AlreadyLocked, Lock, take_lock


class FolderInUse(VirtualTerminalError):
    """Another virtual terminal runs in this folder."""


def write(path: Path, text: str) -> None:
    """Replace the file in one step."""
    atomic.write(path, text)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step, readably."""
    write(path, json.dumps(content, indent=2) + "\n")


def hold(folder: Path) -> Lock:
    """Hold the folder until the lock is closed or this process ends. Raises FolderInUse."""
    try:
        return take_lock(folder / "lock")
    except AlreadyLocked as error:
        raise FolderInUse(f"A virtual terminal runs in {folder} already.") from error
