"""Time-based one-time codes as authenticator apps make them: RFC 6238, with SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS, SECONDS = 6, 30
WINDOW = 1  # steps before and after the present one whose codes are taken too: clocks differ, and people type slowly
ISSUER = "Doorsync"


def new_secret() -> str:
    """20 random bytes in base32, as apps take them when they are typed."""
    return b32encode(secrets.token_bytes(20)).decode()


def time_step(now: datetime) -> int:
    """The number of the present step of 30 seconds."""
    return int(now.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return _generator(secret).generate(step * SECONDS).decode()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step, within the window, that this code belongs to; None when it is wrong. Of two, the later one."""
    present, found = time_step(now), None
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def app_address(secret: str, account: str) -> str:
    """What the QR code for the app says."""
    return _generator(secret).get_provisioning_uri(account, ISSUER)


def _generator(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what all authenticator apps know
