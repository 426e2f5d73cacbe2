"""The second factor of an administrator who signs in with a password: an authenticator app, or a recovery code in its place.

Sign-in links and programs know nothing of it.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import one_time_codes, recovery_codes, sign_in_lookup, sign_in_throttle
from doorsync.hub.administrators.changes import change_administrator
from doorsync.hub.administrators.demanded_factor import check_one_is_left
from doorsync.hub.administrators.errors import SecondFactorOff, SecondFactorOn, WrongCode
from doorsync.hub.administrators.models import Administrator, SecondFactor
from doorsync.hub.administrators.passkeys import remove_all
from doorsync.hub.administrators.recovery_codes import make_recovery_codes, spend_recovery_code
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.clock_skew import AHEAD
from doorsync.hub.companies.errors import CannotUnseal

PURPOSE, OFFER = "second-factor", "second-factor-offer"
SEPARATORS = re.compile(r"[\s-]+")


def find_factor(administrator: Administrator) -> SecondFactor | None:
    """The second factor that this administrator needs to sign in; None when it is off."""
    with scope(company=administrator.company_id):
        return SecondFactor.objects.select_related("company").filter(administrator=administrator).first()


def ids_with_factor() -> set[int]:
    """The ids of the administrators who have one, in the company's scope."""
    return set(SecondFactor.objects.values_list("administrator_id", flat=True))


def seal_offer(administrator: Administrator, secret: str) -> str:
    """A new secret, sealed so that it can travel through the form where its first code is typed. Good for this version only."""
    return vault.seal(administrator.company, OFFER, secret, _offered_to(administrator)).hex()


def open_offer(administrator: Administrator, sealed: str) -> str:
    """The secret that was offered. Raises CannotUnseal when it was not, or to somebody else, or before a change."""
    data = bytes.fromhex(sealed) if re.fullmatch(r"(?:[0-9a-f]{2}){1,200}", sealed) else b""
    return vault.unseal(administrator.company, OFFER, data, _offered_to(administrator))


def turn_on(*, administrator: Administrator, secret: str, code: str, actor: Actor) -> list[str]:
    """Ask for this app's codes from now on, and end sign-ins without one. Returns ten recovery codes, which are told this once.

    Raises WrongCode when `code` is not one of this secret, and SecondFactorOn.
    """
    now = timezone.now()
    step = one_time_codes.matching_step(secret, _spelled(code), now)
    if step is None:
        raise WrongCode
    company, sealed = administrator.company, vault.seal(administrator.company, PURPOSE, secret, str(administrator.pk))
    try:
        with scope(company=company), transaction.atomic():
            factor = SecondFactor.objects.create(
                company=company, administrator=administrator, sealed=sealed, last_step=step, confirmed_at=now
            )
            codes = make_recovery_codes(factor)
            change_administrator(administrator, "second-factor.on", actor)
    except IntegrityError as error:
        raise SecondFactorOn from error
    return codes


def check_code(*, administrator: Administrator, code: str, address: str) -> None:
    """Use up a code of the app, or a recovery code. A wrong one counts as a wrong password.

    Raises WrongCode, Throttled (no code was looked at) or SecondFactorOff.
    """
    company = administrator.company
    with scope(company=company):
        known = sign_in_lookup.look_up(company, administrator.username, address).known
        tries = sign_in_throttle.take_code_try(administrator, address, known=known)
        try:
            _use(administrator, _spelled(code))
        except SecondFactorOff:
            tries.give_back()
            raise
        tries.give_back()


def turn_off(*, administrator: Administrator, actor: Actor) -> None:
    """Ask for no codes any more; for whoever gave password and code. Raises SecondFactorOff or FactorDemanded."""
    with scope(company=administrator.company_id), transaction.atomic():
        if not _deleted(administrator):
            raise SecondFactorOff
        check_one_is_left(administrator)
        trail.record("second-factor.off", actor=actor, administrator=administrator.pk)


def reset_factor(*, administrator: Administrator, actor: Actor) -> None:
    """Take app and passkeys of somebody who lost them away, and end what they opened. Raises SecondFactorOff."""
    with scope(company=administrator.company_id), transaction.atomic():
        if not remove_all(administrator) + _deleted(administrator):
            raise SecondFactorOff
        change_administrator(administrator, "second-factor.reset", actor)


def renew_recovery_codes(*, administrator: Administrator, actor: Actor) -> list[str]:
    """Ten new recovery codes; the old ones are worthless. Raises SecondFactorOff."""
    with scope(company=administrator.company_id), transaction.atomic():
        mine = SecondFactor.objects.select_related("company").filter(administrator=administrator)
        factor = mine.select_for_update(of=("self",)).first()
        if factor is None:
            raise SecondFactorOff
        codes = make_recovery_codes(factor)
        trail.record("recovery-codes.renewed", actor=actor, administrator=administrator.pk)
        return codes


def _use(administrator: Administrator, code: str) -> None:
    factor = find_factor(administrator)
    if factor is None:
        raise SecondFactorOff
    actor = Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="sign-in")
    if len(code) == recovery_codes.DIGITS:
        with transaction.atomic():
            if spend_recovery_code(factor, code):
                trail.record("recovery-code.used", actor=actor, administrator=administrator.pk)
                return
    if reason := _spend_step(factor, code, timezone.now()):
        trail.record("second-factor.failed", actor=actor, administrator=administrator.pk, reason=reason)
        raise WrongCode


def _spend_step(factor: SecondFactor, code: str, now: datetime) -> str:
    """Use up this code of the app, or say why not. Of many callers at once exactly one gets "".

    A last step that lies ahead of all clocks is from one that ran ahead: it holds nobody up once that is put right.
    """
    try:
        secret = vault.unseal(factor.company, PURPOSE, bytes(factor.sealed), str(factor.administrator_id))
    except CannotUnseal:
        return "damaged"
    step = one_time_codes.matching_step(secret, code, now)
    if step is None:
        return "wrong"
    ahead = one_time_codes.time_step(now + AHEAD) + one_time_codes.WINDOW
    unused = Q(last_step__lt=step) | Q(last_step__gt=ahead)
    return "" if SecondFactor.objects.filter(unused, pk=factor.pk).update(last_step=step) else "used"


def _deleted(administrator: Administrator) -> int:
    return SecondFactor.objects.filter(administrator=administrator).delete()[0]


def _offered_to(administrator: Administrator) -> str:
    return f"{administrator.pk}:{administrator.version}"


def _spelled(code: str) -> str:
    """Without the spaces that apps and the list of recovery codes show for reading."""
    return SEPARATORS.sub("", code)
