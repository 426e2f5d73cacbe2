"""What is done to and by administrators: signing in, asking for a sync token, and changes to who they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

from django.db import IntegrityError, transaction
from django_scopes import scope

from doorsync.hub.administrators import normalization, password_hashing, sign_in_lookup, sign_in_throttle, token_issuing, tokens
from doorsync.hub.administrators.changes import change_administrator
from doorsync.hub.administrators.errors import (
    BadUsername,
    Busy,
    LastOwner,
    NoSuchAdministrator,
    UsernameTaken,
    WeakPassword,
)
from doorsync.hub.administrators.models import Administrator, Level
from doorsync.hub.administrators.rules import OWNER, Role
from doorsync.hub.administrators.sign_in_lookup import Lookup
from doorsync.hub.administrators.verified_passwords import VerifiedPasswords
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction

VERIFIED = VerifiedPasswords()


def authenticate(*, company: Company, username: str, password: str, address: str) -> Administrator:
    """The administrator with this name and password who may synchronise. A refusal costs the same, whatever the reason.

    Raises NoSuchAdministrator, Throttled (no password was looked at) or Busy.
    """
    username = normalization.normalize_name(username)
    with scope(company=company):
        seen = sign_in_lookup.look_up(company, username, address)
        found = remembered(seen, password) or _verified(company, username, password, address, seen)
        if not seen.noted:
            sign_in_throttle.remember_source(company, address)
        return found


def refuse_unknown_company(*, slug: str, password: str, address: str) -> NoReturn:
    """Take as long as `authenticate` would, and count the try. Raises NoSuchAdministrator, Throttled or Busy."""
    with password_hashing.hashing_place(stranger=True):
        tries = sign_in_throttle.take_for_nobody(slug, address)
        try:
            _one_matches(password, "", None, stranger=True)
        except Busy:
            tries.give_back()
            raise
    raise NoSuchAdministrator


def issue_sync_token(
    *, administrator: Administrator, actor: Actor, user_id: int | None = None, location_id: int | None = None
) -> str:
    """A one-time secret that signs this administrator in to the sync page: 128 lowercase hexadecimal characters.

    With a user it opens the page of that user's sync only, which with a location starts by itself.
    """
    return token_issuing.issue_token(administrator, actor, user_id=user_id, location_id=location_id)


def create_administrator(
    *,
    company: Company,
    username: str,
    password: str,
    name: str = "",
    may_sync: bool = True,
    sees_credentials: bool = False,
    role: Role = OWNER,
    actor: Actor,
) -> Administrator:
    """A new administrator. Raises BadUsername, UsernameTaken or WeakPassword."""
    username, name = normalization.normalize_name(username), normalization.normalize_name(name)
    if not 1 <= len(username) <= 150 or not username.isprintable():
        raise BadUsername
    made = Administrator(company=company, username=username, name=name, may_sync=may_sync, sees_credentials=sees_credentials)
    made.level, made.limited = role.level, role.locations is not None
    made.password = _new_hash(password)
    try:
        with scope(company=company), transaction.atomic():
            made.save(force_insert=True)
            made.locations.set(role.locations or ())
            trail.record("administrator.created", actor=actor, administrator=made.pk)
    except IntegrityError as error:
        raise UsernameTaken from error
    return made


def change_password(*, administrator: Administrator, password: str, actor: Actor) -> None:
    """Give a new password, and end whatever the old one opened. Raises WeakPassword."""
    change_administrator(administrator, "password.changed", actor, password=_new_hash(password))


def choose_language(*, administrator: Administrator, language: str) -> None:
    """The language of the pages they see; empty for whatever their browser asks for. No right changes, so no session ends."""
    Administrator.objects.filter(pk=administrator.pk).update(language=language)
    administrator.language = language


def change_rights(
    *,
    administrator: Administrator,
    active: bool | None = None,
    may_sync: bool | None = None,
    sees_credentials: bool | None = None,
    actor: Actor,
) -> None:
    """Change what an administrator may do (None leaves it), and end whatever the old rights opened.

    May leave a company without an owner; pages call `set_active`, which does not.
    """
    wished = {"active": active, "may_sync": may_sync, "sees_credentials": sees_credentials}
    fields = {name: value for name, value in wished.items() if value not in (None, getattr(administrator, name))}
    if fields:
        change_administrator(administrator, "rights.changed", actor, **fields)


def set_active(*, administrator: Administrator, active: bool, actor: Actor) -> None:
    """Let an administrator sign in, or not any more. Raises LastOwner."""
    with company_transaction(administrator.company, actor):
        if not active:
            _check_other_owner(administrator)
        change_rights(administrator=administrator, active=active, actor=actor)


def change_role(*, administrator: Administrator, role: Role, actor: Actor) -> None:
    """Give another level, and other limits. Ends whatever the old ones opened. Raises LastOwner."""
    wished = None if role.locations is None else {location.pk for location in role.locations}
    with company_transaction(administrator.company, actor):
        present = set(administrator.locations.values_list("pk", flat=True)) if administrator.limited else None
        if (role.level, wished) == (administrator.level, present):
            return
        if role.level != Level.OWNER:
            _check_other_owner(administrator)
        administrator.locations.set(role.locations or ())
        change_administrator(administrator, "level.changed", actor, level=role.level, limited=role.locations is not None)


def _check_other_owner(administrator: Administrator) -> None:
    """In the transaction that takes this one's ownership or sign-in away. Raises LastOwner."""
    if administrator.level == Level.OWNER and administrator.active and administrator.may_sync:
        others = Administrator.objects.filter(level=Level.OWNER, active=True, may_sync=True).exclude(pk=administrator.pk)
        if not others.exists():
            raise LastOwner


def allow_compatible_tokens(*, company: Company, allowed: bool, actor: Actor) -> None:
    """Let this company's tokens live for 12 hours and be used again and again: a risk, for programs that need it.

    Turned off, reusable tokens that are still about are refused.
    """
    with scope(company=company), transaction.atomic():
        company.compatible_tokens = allowed
        company.save(update_fields=["compatible_tokens"])
        trail.record("compatible-tokens.allowed" if allowed else "compatible-tokens.forbidden", actor=actor)


def remembered(seen: Lookup, password: str) -> Administrator | None:
    """The administrator, where nothing has to be hashed. Over budget, and for strangers, the password is not even compared."""
    found = seen.found
    if found is None or not seen.known or seen.spent or not tokens.can_sign_in(found):
        return None
    return found if VERIFIED.remembers(found.pk, found.password, password) else None


def _verified(company: Company, username: str, password: str, address: str, seen: Lookup) -> Administrator:
    """The administrator, if the password is right. Takes a try, and gives it back. Raises as `authenticate` does."""
    with password_hashing.hashing_place(stranger=not seen.known):
        tries = sign_in_throttle.take_try(company, username, address, known=seen.known)
        try:
            right = _matches(seen.found, password, stranger=not seen.known)
        except Busy:
            tries.give_back()
            raise
    if seen.found is None or not right:
        _refused(company, seen.found)
        raise NoSuchAdministrator
    tries.give_back()
    return seen.found


def _matches(found: Administrator | None, password: str, *, stranger: bool) -> bool:
    """Outside any transaction: a hash takes long. Whoever may not enter is measured against nobody's hash."""
    if found is None or not tokens.can_sign_in(found):
        _one_matches(password, "", None, stranger=stranger)
        return False
    matches = partial(_one_matches, password, found.password, partial(_keep, found), stranger=stranger)
    return VERIFIED.verify(found.pk, found.password, password, matches, stranger=stranger)


def _one_matches(password: str, encoded: str, keep: Callable[[str], None] | None, *, stranger: bool) -> bool:
    """Whether one spelling of the password belongs to this hash; one that is not today's is hashed anew."""
    today = normalization.normalize_password(password)
    if password_hashing.password_matches(today, encoded, keep, stranger=stranger):
        return True
    for older in normalization.older_spellings(password):
        if password_hashing.password_matches(older, encoded, stranger=stranger):
            with suppress(Busy):  # then it stays as it is until the next time
                if keep:
                    keep(password_hashing.hash_password(today))
            return True
    return False


def _keep(found: Administrator, renewed: str) -> None:
    Administrator.objects.filter(pk=found.pk, password=found.password).update(password=renewed)


def _refused(company: Company, found: Administrator | None) -> None:
    actor = Actor(company_id=company.pk, administrator_id=found.pk if found else None, via="sign-in")
    trail.record("sign-in.failed", actor=actor, administrator=found.pk if found else None)


def _new_hash(password: str) -> str:
    if not 8 <= len(password) <= 1000:
        raise WeakPassword
    return password_hashing.hash_password(normalization.normalize_password(password))
