"""The secret without which a virtual terminal answers nothing, like the comm key of real ones; in clear in its folder."""

from __future__ import annotations

import hmac
from pathlib import Path

from doorsync.drivers.virtual import files

FILE = "secret"


def set_secret(folder: Path, secret: str) -> None:
    """Require this secret from the next request on; "" requires none."""
    files.write(folder / FILE, f"{secret}\n")


def secret(folder: Path) -> str:
    """The secret; "" when there is none."""
    try:
        return (folder / FILE).read_text().rstrip("\n")
    except FileNotFoundError:
        return ""


def opens(folder: Path, told: object) -> bool:
    """Whether this is the secret, compared in constant time."""
    return isinstance(told, str) and hmac.compare_digest(told.encode(), secret(folder).encode())
