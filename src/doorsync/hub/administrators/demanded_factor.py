"""A company may demand a second factor of everybody who signs in with a password: an authenticator app or a passkey.

Programs and sign-in links know nothing of it.
"""

from __future__ import annotations

from django_scopes import scope

from doorsync.hub.administrators.errors import FactorDemanded
from doorsync.hub.administrators.models import Administrator, Passkey, SecondFactor


def owes_factor(administrator: Administrator) -> bool:
    """Whether they have to set one up before anything else."""
    return administrator.company.demands_second_factor and not _has_any(administrator)


def owes_passkey(administrator: Administrator) -> bool:
    """Whether their company has their password followed by a passkey, or by a code where they have an app too."""
    return administrator.company.demands_second_factor and _has(Passkey, administrator)


def check_one_is_left(administrator: Administrator) -> None:
    """In the transaction that took one of theirs away. Raises FactorDemanded."""
    if owes_factor(administrator):
        raise FactorDemanded


def _has_any(administrator: Administrator) -> bool:
    return _has(SecondFactor, administrator) or _has(Passkey, administrator)


def _has(kind: type[SecondFactor] | type[Passkey], administrator: Administrator) -> bool:
    with scope(company=administrator.company_id):
        return kind.objects.filter(administrator=administrator).exists()
