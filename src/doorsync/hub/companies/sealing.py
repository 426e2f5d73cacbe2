"""AES-256-GCM under one key: what the vault seals with, and nothing else. Knows no company and no Django."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from doorsync.hub.companies.errors import CannotUnseal

NONCE = 12
COMPANY_KEY = b"company-key"  # what a company's key is bound to, under the hub's kek


def seal(key: bytes, data: bytes, bound_to: bytes) -> bytes:
    """Opens only with the same key and `bound_to`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The data that was sealed. Raises CannotUnseal when it is damaged, or key or binding differ."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything sealed
        raise CannotUnseal from error
