"""The code with which a hub without a company is set up: shown when it starts, good once, for an hour and a few tries."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorsync.hub.companies.errors import AlreadySetUp, WrongSetupCode
from doorsync.hub.companies.models import Company, SetupCode
from doorsync.messages.keys import LETTERS, PART, PARTS, spelt, typed

LIFE = timedelta(hours=1)
TRIES = 10


def is_set_up() -> bool:
    """Whether there is any company."""
    return Company.objects.exists()


def issue_setup_code() -> str:
    """A fresh code in the place of any older one; empty where there is a company."""
    if is_set_up():
        return ""
    letters = "".join(secrets.choice(LETTERS) for _ in range(PART * PARTS))
    with transaction.atomic():
        SetupCode.objects.all().delete()
        SetupCode.objects.create(digest=_digest(letters), expires_at=timezone.now() + LIFE)
    return spelt(letters)


def check_setup_code(code: str) -> None:
    """Raises WrongSetupCode, and counts the try; outside a transaction that may be undone."""
    row = SetupCode.objects.filter(expires_at__gt=timezone.now(), tries__lt=TRIES).first()
    if row is None or not hmac.compare_digest(bytes(row.digest), _digest(typed(code).replace("-", ""))):
        SetupCode.objects.update(tries=F("tries") + 1)
        raise WrongSetupCode


def spend_setup_code() -> None:
    """In the transaction that makes the first company: of two who set up at once, one does. Raises AlreadySetUp."""
    taken, _ = SetupCode.objects.all().delete()
    if not taken or is_set_up():
        raise AlreadySetUp


def _digest(letters: str) -> bytes:
    return sha256(letters.encode()).digest()
