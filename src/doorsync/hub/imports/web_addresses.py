"""Origins and addresses on the web, as company files name them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from doorsync.domain.text import bad_character

HOST = re.compile(r"([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
ASCII_HOST = "No user or password goes in it, and other letters than a to z are written in punycode, as xn--..."


def origin_of(value: str) -> str:
    """The origin. What the header would leave out in silence, such as a host with `*`, is refused (ValueError)."""
    parts = _split(value)
    if parts is None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"Write an origin like https://frontdesk.example.com, without a path. {ASCII_HOST}")
    return f"{parts.scheme}://{parts.netloc}"


def checked_address(value: str) -> str:
    """The address, as it is. Raises ValueError for none on the web."""
    if _split(value) is None:
        raise ValueError(f"Write an address like https://frontdesk.example.com/back. {ASCII_HOST}")
    return value


def _split(value: str) -> SplitResult | None:
    """The parts of an address on the web, with a host and perhaps a port, and no user or password; else None."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for one that no port can be
    except ValueError:
        return None
    right = not bad_character(value) and parts.scheme in ("http", "https") and HOST.fullmatch(parts.netloc)
    return parts if right else None
