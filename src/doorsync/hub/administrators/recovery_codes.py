"""Recovery codes: ten numbers that are shown once, each of which stands in for the authenticator app once.

Digits only, because the field for a code brings up the number pad of phones.
"""

from __future__ import annotations

import secrets

from doorsync.hub.administrators.models import RecoveryCode, SecondFactor
from doorsync.hub.companies import vault

MANY, DIGITS, GROUP = 10, 16, 4


def make_recovery_codes(factor: SecondFactor) -> list[str]:
    """Ten new codes in place of all others, in the caller's transaction; as they are shown: 1234 5678 9012 3456."""
    RecoveryCode.objects.filter(factor=factor).delete()
    codes = ["".join(str(secrets.randbelow(10)) for _ in range(DIGITS)) for _ in range(MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(company=factor.company, factor=factor, digest=_digest(factor, code)) for code in codes
    )
    return [" ".join(code[start : start + GROUP] for start in range(0, DIGITS, GROUP)) for code in codes]


def spend_recovery_code(factor: SecondFactor, code: str) -> bool:
    """Use this code up, in the caller's transaction. Of many callers at once exactly one gets True."""
    deleted, _ = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, code)).delete()
    return bool(deleted)


def count_recovery_codes(factor: SecondFactor) -> int:
    """How many are left."""
    return RecoveryCode.objects.filter(factor=factor).count()


def _digest(factor: SecondFactor, code: str) -> bytes:
    """Keyed, so that the database alone does not let them be guessed; bound to this factor, so that old ones are worthless."""
    return vault.keyed_hash(factor.company, "recovery-code", f"{factor.pk}:{code}")
