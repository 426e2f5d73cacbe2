"""What a clock that ran ahead leaves behind: rows that begin later than now. What lasts for a while holds only if it has begun.

Without this, a hub whose clock was put right by ten days would throttle, or let in, for ten days what is meant for minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils import timezone

AHEAD = timedelta(minutes=1)  # so far the clocks of several hub processes may differ


def has_begun(moment: datetime, now: datetime) -> bool:
    """Whether this moment has come, as far as clocks agree."""
    return moment <= now + AHEAD


class Signer(signing.TimestampSigner):
    """Signs for a while. What was signed "later" than now is refused as what is too old."""

    def unsign(self, value: str, max_age: Any = None) -> str:
        """As Django's. Raises SignatureExpired for both."""
        text = super().unsign(value, max_age)
        signed_at = signing.b62_decode(value.rsplit(self.sep, 2)[1])
        if max_age is not None and signed_at > (timezone.now() + AHEAD).timestamp():
            raise signing.SignatureExpired("It was signed by a clock that ran ahead.")
        return text
