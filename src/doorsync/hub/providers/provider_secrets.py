"""The client secret of a company at its provider: sealed as PINs are, and bound to whom it is for.

So whoever can only write to the database cannot have it sent to an issuer of their own.
"""

from __future__ import annotations

from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.providers.errors import NotAProvider
from doorsync.hub.providers.models import Provider

PURPOSE = "provider-secret"


def seal_secret(company: Company, *, issuer: str, client_id: str, secret: str) -> bytes:
    """The secret, for this issuer and client only."""
    return vault.seal(company, PURPOSE, secret, f"{issuer}\n{client_id}")


def open_secret(provider: Provider) -> str:
    """The secret. Raises NotAProvider where the row is damaged."""
    try:
        return vault.unseal(provider.company, PURPOSE, bytes(provider.sealed_secret), f"{provider.issuer}\n{provider.client_id}")
    except CannotUnseal as error:
        raise NotAProvider from error
