"""The hub's own keys: files under `keys/` in the data folder, outside the database, each readable by its owner only.

`secret` signs cookies and handles; `kek` seals the companies' keys, and with them PINs and cards; `index` turns company
codes into what the database looks up; `agents` are the key pairs that agents pin. Whoever backs up the database must
back up this folder too, to another place.
"""

from __future__ import annotations

import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from doorsync.hub.settings.config import config


@cache
def secret(name: str) -> bytes:
    """32 random bytes, made at first use."""
    return bytes.fromhex(_kept(f"{name}.key", lambda: secrets.token_hex(32)))


@cache
def document(name: str, make: Any) -> dict[str, Any]:
    """A JSON document with private keys, made by `make()` at first use."""
    loaded: dict[str, Any] = json.loads(_kept(f"{name}.json", lambda: json.dumps(make())))
    return loaded


def _kept(name: str, make: Any) -> str:
    folder = config().data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        _write_once(path, make())
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Two processes that start at once end up with the same file: the first link wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
