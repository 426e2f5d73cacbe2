"""The passkeys of an administrator: made, named, used and removed. A passkey with its user verified counts as both factors.

Each is checked in `relying_party`, for a challenge of `passkey_challenges`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

from doorsync.hub.administrators import relying_party, sign_in_lookup, sign_in_throttle, tokens
from doorsync.hub.administrators.changes import change_administrator
from doorsync.hub.administrators.demanded_factor import check_one_is_left
from doorsync.hub.administrators.errors import NoSuchPasskey, PasskeyTaken, TooManyPasskeys, WrongPasskey
from doorsync.hub.administrators.models import Administrator, Passkey
from doorsync.hub.administrators.passkey_challenges import spend_challenge
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault

MOST = 20  # of one administrator
LONGEST_ID = 1023  # bytes, as WebAuthn says


def passkeys_of(administrator: Administrator) -> QuerySet[Passkey]:
    """All of theirs, in the company's scope, oldest first."""
    return Passkey.objects.filter(administrator=administrator)


def ids_with_passkey() -> set[int]:
    """The ids of the administrators who have one, in the company's scope."""
    return set(Passkey.objects.values_list("administrator_id", flat=True))


def credentials_of(administrator: Administrator) -> list[AttestedCredentialData]:
    """What browsers are told of their passkeys, in the company's scope."""
    return [AttestedCredentialData(bytes(each.credential)) for each in passkeys_of(administrator)]


def user_handle(administrator: Administrator) -> bytes:
    """Whom a passkey is for, as the device keeps it: it says nothing to anybody else."""
    return vault.keyed_hash(administrator.company, "passkey-user", str(administrator.pk))


def add_passkey(*, administrator: Administrator, name: str, challenge: bytes, answer: str, actor: Actor) -> Passkey:
    """Keep the passkey that the browser made for this challenge, and end sign-ins from before.

    Raises WrongPasskey, PasskeyTaken or TooManyPasskeys.
    """
    try:
        made = relying_party.check_creation(challenge, relying_party.read_creation(answer))
    except relying_party.FAULTS as error:
        raise WrongPasskey from error
    credential = made.credential_data
    if credential is None or len(credential.credential_id) > LONGEST_ID:
        raise WrongPasskey
    kept = Passkey(company=administrator.company, administrator=administrator, name=name, created_at=timezone.now())
    kept.credential_id, kept.credential, kept.uses = credential.credential_id, bytes(credential), made.counter
    with scope(company=administrator.company_id), transaction.atomic():
        change_administrator(administrator, "passkey.added", actor)  # also: others of theirs wait here
        if passkeys_of(administrator).count() >= MOST:
            raise TooManyPasskeys
        _insert(kept)
    return kept


def rename_passkey(*, passkey: Passkey, name: str, actor: Actor) -> None:
    """Another name for it. Raises NoSuchPasskey."""
    with scope(company=passkey.company_id), transaction.atomic():
        if not Passkey.objects.filter(pk=passkey.pk).update(name=name):
            raise NoSuchPasskey
        trail.record("passkey.renamed", actor=actor, administrator=passkey.administrator_id, passkey=passkey.pk)


def remove_passkey(*, administrator: Administrator, passkey: Passkey, actor: Actor) -> None:
    """Take it away, and end all sign-ins: some may be its own. Raises NoSuchPasskey or FactorDemanded."""
    with scope(company=administrator.company_id), transaction.atomic():
        if not passkeys_of(administrator).filter(pk=passkey.pk).delete()[0]:
            raise NoSuchPasskey
        check_one_is_left(administrator)
        change_administrator(administrator, "passkey.removed", actor)


def remove_all(administrator: Administrator) -> int:
    """Take all of theirs away, in the caller's scope and transaction; returns how many."""
    return passkeys_of(administrator).delete()[0]


def use_passkey(
    *, browser: Mapping[str, str], purpose: str, answer: str, address: str, only: Administrator | None = None
) -> Administrator:
    """Whose passkey the browser used for the challenge in its cookie, which is used up. `only`: whose it has to be.

    A refusal counts as a wrong password. Raises WrongPasskey, whatever the reason, or Throttled (nothing was looked at).
    """
    given = _read(answer)
    passkey = _find(given.raw_id) if given else None
    if passkey is None or given is None or only not in (None, passkey.administrator):
        sign_in_throttle.take_for_nobody("", address)
        raise WrongPasskey
    administrator = passkey.administrator
    with scope(company=passkey.company):
        seen = sign_in_lookup.look_up(passkey.company, administrator.username, address)
        tries = sign_in_throttle.take_try(passkey.company, administrator.username, address, known=seen.known)
        challenge = spend_challenge(browser, purpose)
        _check(passkey, challenge, given, known=only is not None)
        tries.give_back()
        if not seen.noted:
            sign_in_throttle.remember_source(passkey.company, address)
    return administrator


def _check(passkey: Passkey, challenge: bytes, given: AuthenticationResponse, *, known: bool) -> None:
    """Note the use, or the reason against it. `known`: it was asked for by its id. Raises WrongPasskey."""
    administrator = passkey.administrator
    actor = Actor(company_id=passkey.company_id, administrator_id=administrator.pk, via="sign-in")
    with transaction.atomic():
        reason = _refusal(passkey, challenge, given, known=known)
        event = "passkey.failed" if reason else "passkey.used"
        subject = {"reason": reason} if reason else {}
        trail.record(event, actor=actor, administrator=administrator.pk, passkey=passkey.pk, **subject)
    if reason:
        raise WrongPasskey


def _refusal(passkey: Passkey, challenge: bytes, given: AuthenticationResponse, *, known: bool) -> str:
    """Why it is not accepted, as the audit says it; empty when it is, and this use is counted."""
    try:
        uses = relying_party.check_assertion(challenge, AttestedCredentialData(bytes(passkey.credential)), given)
    except relying_party.FAULTS:
        return "wrong"
    handle = given.response.user_handle
    if handle != user_handle(passkey.administrator) and not (known and handle is None):  # a device may then leave it out
        return "wrong"
    if not tokens.can_sign_in(passkey.administrator):
        return "rights"
    return "" if _count_use(passkey, uses) else "copied"


def _count_use(passkey: Passkey, uses: int) -> bool:
    """Keep the device's count. One that does not rise is of a copy; a device that does not count says 0 each time."""
    rises = Q(uses__lt=uses) | (Q(uses=0) if uses == 0 else Q(pk=None))
    return bool(Passkey.objects.filter(rises, pk=passkey.pk).update(uses=uses, used_at=timezone.now()))


def _read(answer: str) -> AuthenticationResponse | None:
    try:
        return relying_party.read_assertion(answer)
    except relying_party.FAULTS:
        return None


def _find(credential_id: bytes) -> Passkey | None:
    """Of any company, with its administrator."""
    with scopes_disabled():
        rows = Passkey.objects.select_related("company", "administrator__company")
        return rows.filter(credential_id=credential_id).first()


def _insert(passkey: Passkey) -> None:
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError as error:
        raise PasskeyTaken from error
