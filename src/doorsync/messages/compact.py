"""The outer spelling of a message: parts of base64url between dots, and a small JSON header. Nothing here is trusted yet."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from doorsync.messages.errors import Malformed, TooLarge
from doorsync.messages.sizes import LIMIT

HEADER_LIMIT = 1024  # ours have some 200 letters; a parser must not be fed more before anything is proven


def split(text: str, *, parts: int) -> list[str]:
    """The parts, if they are spelt in the one way that we write. Raises TooLarge or Malformed."""
    if len(text) > LIMIT:
        raise TooLarge
    pieces = text.split(".")
    if len(pieces) != parts or not all(_canonical(piece) for piece in pieces):
        raise Malformed
    return pieces


def header(piece: str, names: set[str]) -> dict[str, Any]:
    """The JSON object in a part, if it has just these names: what we do not understand may change what a message means."""
    if len(piece) > HEADER_LIMIT:
        raise Malformed
    try:
        found = json.loads(_decoded(piece))
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(found, dict) or set(found) != names:
        raise Malformed
    return found


def payload(text: str) -> bytes:
    """What a signed message says, before anybody has checked the signature."""
    return _decoded(split(text, parts=3)[1])


def _canonical(piece: str) -> bool:
    """Base64 leaves spare bits in its last letter: only the spelling with zero bits is ours, so no letter can be changed."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", piece) or len(piece) % 4 == 1:
        return False
    tail = piece[len(piece) - len(piece) % 4 :]
    return not tail or urlsafe_b64encode(_decoded(tail)).decode().rstrip("=") == tail


def _decoded(piece: str) -> bytes:
    return urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
