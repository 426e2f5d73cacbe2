"""What an owner does about the company's identity provider. Links belong to it: another one begins without any."""

from __future__ import annotations

from dataclasses import dataclass, field

from doorsync.hub.administrators import sessions
from doorsync.hub.administrators.models import Session
from doorsync.hub.audit import trail
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.providers.discovery import metadata_of
from doorsync.hub.providers.errors import SecretMissing
from doorsync.hub.providers.models import AccountSession, LinkedAccount, Provider
from doorsync.hub.providers.provider_secrets import seal_secret
from doorsync.hub.providers.queries import provider_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What an owner says of the provider. Without a secret the present one stays."""

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    claim: str
    domain: str = ""
    passwords: bool = True


def change_provider(*, company: Company, wanted: ProviderSettings, actor: Actor) -> None:
    """Set the company's provider, once it has answered.

    With another issuer, client or domain all links end, and the sessions that they opened.
    Raises ProviderUnreachable, NotAProvider or SecretMissing.
    """
    metadata_of(wanted.issuer, fresh=True)
    with company_transaction(company, actor):
        present = provider_of(company)
        provider = present or Provider(company=company)
        same = present is not None and _whose(present) == _whose(wanted)
        if not wanted.secret and (present is None or (present.issuer, present.client_id) != (wanted.issuer, wanted.client_id)):
            raise SecretMissing
        ends_links = present is not None and not same
        provider.version += ends_links
        _set(provider, wanted)
        provider.save()
        if ends_links:  # after the row is written: a sign-in that holds it has opened its session by then, which ends too
            _end_links(actor)
        trail.record("provider.changed" if present else "provider.added", actor=actor, provider=provider.pk, links=_kept(same))


def remove_provider(*, company: Company, actor: Actor) -> None:
    """Let nobody sign in with a company account any more; links and the sessions that they opened end."""
    with company_transaction(company, actor):
        present = provider_of(company)
        if present is not None:
            trail.record("provider.removed", actor=actor, provider=present.pk)
            present.delete()
            _end_links(actor)  # after the row is gone, as above


def _whose(given: Provider | ProviderSettings) -> tuple[str, str, str]:
    """What decides whose accounts these are: the same subject may be somebody else for another client."""
    return given.issuer, given.client_id, given.domain


def _set(provider: Provider, wanted: ProviderSettings) -> None:
    for name in ("issuer", "client_id", "claim", "domain", "passwords"):
        setattr(provider, name, getattr(wanted, name))
    if wanted.secret:
        provider.sealed_secret = seal_secret(
            provider.company, issuer=wanted.issuer, client_id=wanted.client_id, secret=wanted.secret
        )


def _end_links(actor: Actor) -> None:
    """In the company's scope and transaction. Sessions of passwords stay."""
    opened = AccountSession.objects.values("session_id")
    for session in Session.objects.filter(pk__in=opened, ended_at=None).order_by("pk"):
        sessions.end_session(session, "provider.changed", actor)
    LinkedAccount.objects.all().delete()


def _kept(same: bool) -> str:
    return "kept" if same else "ended"
