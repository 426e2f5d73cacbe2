"""The hub's own keys: files under `keys/` in the data folder, outside the database, each readable by its owner only.

`secret` signs cookies and handles; `kek` seals the companies' keys, and with them PINs and cards; `index` turns company
codes into what the database looks up; `agents` are the key pairs that agents pin. Whoever backs up the database must
back up this folder too, to another place.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from doorsync.files import atomic
from doorsync.files.lock import wait_for_lock
from doorsync.hub.settings.config import config

Make = Callable[[], str]


@cache
def secret(name: str) -> bytes:
    """32 random bytes, made at first use."""
    return bytes.fromhex(_kept(f"{name}.key", lambda: secrets.token_hex(32)).read_text().strip())


def document(name: str, make: Make) -> str:
    """The text of a document with private keys, made by `make()` at first use. What another process changed is seen at once."""
    path = _kept(f"{name}.json", make)
    found = path.stat()
    return _read(path, (found.st_ino, found.st_mtime_ns, found.st_size))


def change(name: str, make: Make, new: Callable[[str], str]) -> None:
    """Put `new(document)` in the place of the document, on the disk. One process at a time does this."""
    path = _kept(f"{name}.json", make)
    with wait_for_lock(place()):
        atomic.write(path, new(path.read_text()))


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: tuple[int, ...]) -> str:
    return path.read_text()


def place() -> Path:
    """Where the keys lie, or will."""
    return config().data / "keys"


def is_there(name: str) -> bool:
    """Whether the file of this name is."""
    return (place() / name).is_file()


def open_to_others() -> list[Path]:
    """Folder and files that other accounts of this machine may use."""
    found = [place(), *sorted(place().glob("*"))] if place().is_dir() else []
    return [path for path in found if path.stat().st_mode & 0o077]


def folder() -> Path:
    """Where the keys lie; made when it is not there."""
    path = place()
    atomic.make_folder(path)
    return path


def _kept(name: str, make: Make) -> Path:
    """Processes that start at once end up with the same file."""
    path = folder() / name
    if not path.exists():
        with wait_for_lock(place()):
            if not path.exists():
                atomic.write(path, make())
    return path
