"""What can go wrong with identity providers and company accounts."""

from __future__ import annotations

from django.utils.translation import gettext

from doorsync.hub.administrators.errors import AdministratorError


class ProviderError(AdministratorError):
    """Invalid identity provider."""


class ProviderUnreachable(ProviderError):
    """The provider did not answer. Check the address, and try again."""


class AddressForbidden(ProviderUnreachable):
    """This address is in a network that the hub may not reach. Whoever runs the hub can allow it (DOORSYNC_PROVIDER_NETWORKS)."""


class NotAProvider(ProviderError):
    """There is no OpenID Connect provider with exactly this issuer address."""


class SecretMissing(ProviderError):
    """With another issuer address or client ID the client secret has to be given again."""


class AddressTaken(ProviderError):
    """Another administrator is expected with this address already."""


class AccountTaken(ProviderError):
    """This account belongs to another administrator."""


class AlreadyLinked(ProviderError):
    """This administrator has a company account already. End that link first."""


class NotLinked(ProviderError):
    """This administrator has no company account."""


class SignInRefused(ProviderError):
    """A company account that is not accepted. `reason` is a code for the audit; nobody else is told."""

    def __init__(self, reason: str) -> None:
        super().__init__(gettext("The company account was not accepted. An owner finds the reason in the audit."))
        self.reason = reason
