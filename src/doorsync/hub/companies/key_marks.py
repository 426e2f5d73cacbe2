"""Marks of the hub's keys, kept in the database, so that a hub with other keys notices. They do not reveal the keys."""

from __future__ import annotations

import hmac
from hashlib import sha256

from doorsync.hub.companies import sealing
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.settings import key_files

NAMES = ("kek", "index")


def key_mark(name: str) -> bytes:
    """16 bytes that only this key yields."""
    return hmac.digest(key_files.secret(name), b"doorsync key mark", sha256)[:16]


def opens_key(sealed_key: bytes) -> bool:
    """Whether the hub's kek opens a company's key."""
    try:
        sealing.unseal(key_files.secret("kek"), sealed_key, sealing.COMPANY_KEY)
    except CannotUnseal:
        return False
    return True
