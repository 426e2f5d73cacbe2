"""Opening a session with a company account: the same full session that a password opens, once for each sign-in."""

from __future__ import annotations

from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django_scopes import scope

from doorsync.hub.administrators import authentication, sign_in_lookup, sign_in_throttle
from doorsync.hub.administrators.authentication import SignedIn
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import NoSuchAdministrator, Throttled
from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.providers.accounts import administrator_with, hold_provider
from doorsync.hub.providers.attempts import Attempt
from doorsync.hub.providers.code_flow import ProvenAccount, finish_flow
from doorsync.hub.providers.errors import SignInRefused
from doorsync.hub.providers.models import AccountSession, Provider
from doorsync.hub.providers.queries import password_is_enough


def proven_account(request: HttpRequest, provider: Provider, attempt: Attempt, answer_address: str) -> ProvenAccount:
    """The account that came back. One that is not accepted counts as a wrong password. Raises SignInRefused, which is audited."""
    company, address = provider.company, caller_of(request)
    with scope(company=company):
        known = sign_in_lookup.look_up(company, "", address).known
        try:
            tries = sign_in_throttle.take_try(company, "", address, known=known)
        except Throttled as error:
            raise SignInRefused("throttled") from error
        try:
            account = finish_flow(provider, attempt, request.GET.dict(), answer_address)
        except SignInRefused as error:
            note_refusal(provider, error)
            raise
        tries.give_back()
        return account


def open_session(request: HttpRequest, provider: Provider, attempt: Attempt, account: ProvenAccount) -> tuple[SignedIn, str]:
    """The session, with the secret for its cookie. Raises SignInRefused, which is audited."""
    with scope(company=provider.company):
        try:
            with transaction.atomic():
                hold_provider(provider)
                return _opened(request, administrator_with(provider, account), attempt)
        except SignInRefused as error:
            note_refusal(provider, error)
            raise


def check_password_is_enough(administrator: Administrator) -> None:
    """For whoever gave the right password or a passkey. Raises NoSuchAdministrator where only company accounts are enough."""
    if not password_is_enough(administrator):
        actor = Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="sign-in")
        trail.record("sign-in.failed", actor=actor, administrator=administrator.pk, reason="company-account")
        raise NoSuchAdministrator


def note_refusal(provider: Provider, error: SignInRefused) -> None:
    """Tell the audit why."""
    actor = Actor(company_id=provider.company_id, via="sign-in")
    trail.record("company-account.refused", actor=actor, provider=provider.pk, reason=error.reason)


def _opened(request: HttpRequest, administrator: Administrator, attempt: Attempt) -> tuple[SignedIn, str]:
    state = sha256(attempt.state.encode()).digest()
    try:
        with transaction.atomic():
            signed_in, secret = authentication.sign_in_fully(request, administrator, by_password=False)
            session = Session.objects.get(public_id=signed_in.public_id)
            AccountSession.objects.create(company=administrator.company, session=session, state=state)
    except IntegrityError as error:
        raise SignInRefused("used") from error
    sign_in_throttle.remember_source(administrator.company, caller_of(request))
    return signed_in, secret
