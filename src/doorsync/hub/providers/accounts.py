"""Which account at the provider is which administrator's. No administrator is made here, and none is found by an address alone.

An owner says which address they expect, or the administrator links the account themselves; from then on the issuer's
subject counts and nothing else, whatever becomes of the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.administrators import tokens
from doorsync.hub.administrators.changes import change_administrator
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.clock_skew import has_begun
from doorsync.hub.providers.code_flow import ProvenAccount
from doorsync.hub.providers.errors import AccountTaken, AddressTaken, AlreadyLinked, NotLinked, SignInRefused
from doorsync.hub.providers.models import Claim, LinkedAccount, Provider

EXPECTED_FOR = timedelta(days=14)  # an address may belong to somebody else later
LONGEST = 254


def expect_account(*, administrator: Administrator, address: str, actor: Actor) -> None:
    """Link them to the account that shows this address at its first sign-in. Raises AlreadyLinked or AddressTaken."""
    address = _spelled(address)
    try:
        with scope(company=administrator.company_id), transaction.atomic():
            if LinkedAccount.objects.filter(administrator=administrator).exclude(subject="").exists():
                raise AlreadyLinked
            LinkedAccount.objects.update_or_create(
                administrator=administrator,
                defaults={"company_id": administrator.company_id, "address": address, "since": timezone.now()},
            )
            trail.record("company-account.expected", actor=actor, administrator=administrator.pk)
    except IntegrityError as error:
        raise AddressTaken from error


def hold_provider(provider: Provider) -> None:
    """Let nobody change it until the caller's transaction ends. Raises SignInRefused where somebody has since this was read."""
    unchanged = Provider.objects.select_for_update().filter(pk=provider.pk, version=provider.version)
    if unchanged.values_list("pk").first() is None:
        raise SignInRefused("provider-changed")


def link_account(*, administrator: Administrator, provider: Provider, account: ProvenAccount, actor: Actor) -> None:
    """Link the account that they have just shown to be theirs. Raises AlreadyLinked, AccountTaken or SignInRefused."""
    _check_domain(provider, account.claims)
    said = account.claims.get(provider.claim)
    fields = {
        "subject": account.subject,
        "since": timezone.now(),
        "address": _spelled(said) if isinstance(said, str) and said.isprintable() else "",
    }
    try:
        with scope(company=administrator.company_id), transaction.atomic():
            hold_provider(provider)
            if LinkedAccount.objects.filter(administrator=administrator).exclude(subject="").exists():
                raise AlreadyLinked
            LinkedAccount.objects.update_or_create(
                administrator=administrator, defaults={"company_id": administrator.company_id, **fields}
            )
            trail.record("company-account.linked", actor=actor, administrator=administrator.pk)
    except IntegrityError as error:
        raise AccountTaken from error


def unlink_account(*, administrator: Administrator, actor: Actor) -> None:
    """Let the account open nothing any more; all their sign-ins end. Raises NotLinked."""
    with scope(company=administrator.company_id), transaction.atomic():
        if not LinkedAccount.objects.filter(administrator=administrator).delete()[0]:
            raise NotLinked
        change_administrator(administrator, "company-account.unlinked", actor)


def administrator_with(provider: Provider, account: ProvenAccount) -> Administrator:
    """Whose account this is; at the first sign-in it is linked. In the company's scope. Raises SignInRefused."""
    _check_domain(provider, account.claims)
    linked = LinkedAccount.objects.select_related("administrator__company").filter(subject=account.subject).first()
    found = (linked or _newly_linked(provider, account)).administrator
    if not tokens.can_sign_in(found):
        raise SignInRefused("disabled")
    return found


def _newly_linked(provider: Provider, account: ProvenAccount) -> LinkedAccount:
    now, address = timezone.now(), _proven_address(provider, account.claims)
    waiting = LinkedAccount.objects.select_related("administrator__company")
    expected = waiting.filter(subject="", address=address, since__gt=now - EXPECTED_FOR).first()
    if expected is None or not has_begun(expected.since, now):
        raise SignInRefused("no-account")
    mine = LinkedAccount.objects.filter(pk=expected.pk, subject="", address=address)
    try:
        with transaction.atomic():
            if not mine.update(subject=account.subject, since=now):
                raise SignInRefused("no-account")
            actor = Actor(company_id=provider.company_id, administrator_id=expected.administrator_id, via="sign-in")
            trail.record("company-account.linked", actor=actor, administrator=expected.administrator_id)
    except IntegrityError as error:
        raise SignInRefused("no-account") from error
    return expected


def _proven_address(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The address that the provider vouches for. An e-mail address that anybody could have typed there is none."""
    said = claims.get(provider.claim)
    if not isinstance(said, str) or not said.isprintable() or not 1 <= len(said) <= LONGEST:
        raise SignInRefused("no-address")
    if provider.claim == Claim.EMAIL and claims.get("email_verified") is not True:
        raise SignInRefused("unverified")
    return _spelled(said)


def _check_domain(provider: Provider, claims: Mapping[str, Any]) -> None:
    if provider.domain and claims.get("hd") != provider.domain:
        raise SignInRefused("domain")


def _spelled(address: str) -> str:
    return address.strip().casefold()[:LONGEST]
