"""Challenges of passkeys: made for one purpose in one browser, good for five minutes, and used once.

A challenge lives in a signed cookie; the database keeps those that were used, until they are too old anyway.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from doorsync.hub.administrators import cookies
from doorsync.hub.administrators.errors import WrongPasskey
from doorsync.hub.administrators.models import UsedChallenge
from doorsync.hub.companies.clock_skew import AHEAD, Signer

SECONDS = 300
KEPT = timedelta(seconds=SECONDS) + 2 * AHEAD
SIGN_IN = "sign-in"
_signer = Signer(salt="doorsync.passkey-challenge")


def new_challenge(purpose: str) -> tuple[bytes, str]:
    """A challenge, and what the browser's cookie says of it."""
    text = secrets.token_hex(32)
    return bytes.fromhex(text), _signer.sign(f"{purpose}.{text}")


def open_challenge(browser: Mapping[str, str], purpose: str) -> bytes:
    """The challenge that this browser was given for this purpose. Raises WrongPasskey when there is none, or it is too old."""
    try:
        text = _signer.unsign(browser.get(cookies.cookie_name(cookies.PASSKEY), ""), max_age=SECONDS)
    except signing.BadSignature as error:
        raise WrongPasskey from error
    meant, _, challenge = text.rpartition(".")
    if meant != purpose:
        raise WrongPasskey
    return bytes.fromhex(challenge)


def spend_challenge(browser: Mapping[str, str], purpose: str) -> bytes:
    """The same, used up: of many callers at once exactly one gets it. Raises WrongPasskey."""
    challenge, now = open_challenge(browser, purpose), timezone.now()
    try:
        with transaction.atomic():
            UsedChallenge.objects.create(digest=sha256(challenge).digest(), used_at=now)
    except IntegrityError as error:
        raise WrongPasskey from error
    if secrets.randbelow(20) == 0:
        UsedChallenge.objects.filter(used_at__lt=now - KEPT).delete()
    return challenge
