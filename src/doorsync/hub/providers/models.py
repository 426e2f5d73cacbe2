"""A company's identity provider, who has which account there, and the sessions that were opened with one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_noop

from doorsync.hub.administrators.models import Administrator, Session
from doorsync.hub.companies.tenancy import TenantModel


class Claim(models.TextChoices):
    """What an ID token calls the address by which an account is known before it is linked."""

    EMAIL = "email", gettext_noop("verified e-mail address (email)")
    USERNAME = "preferred_username", gettext_noop("user name (preferred_username)")
    UPN = "upn", gettext_noop("user principal name (upn)")


class Provider(TenantModel):
    """The OpenID Connect provider of a company: one at most. The client secret is sealed; see `provider_secrets`."""

    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=255)
    sealed_secret = models.BinaryField(max_length=2100)
    claim = models.CharField(max_length=32, choices=Claim.choices, default=Claim.EMAIL)
    domain = models.CharField(max_length=253, blank=True)  # the only hosted domain (Google's `hd`) whose accounts are taken
    passwords = models.BooleanField(default=True)  # whether those who are not owners may sign in with a password too
    version = models.PositiveIntegerField(default=1)  # rises with issuer, client and domain: sign-ins under way are refused

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="provider_company")]


class LinkedAccount(TenantModel):
    """The account at the provider with which an administrator signs in; without a subject it is only expected.

    `address` is what the provider's claim has to say at the first sign-in. After that the subject alone counts.
    """

    administrator = models.OneToOneField(Administrator, models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=255, blank=True)
    since = models.DateTimeField()  # when it was linked, or is expected

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "subject"], condition=~models.Q(subject=""), name="linked_subject"),
            models.UniqueConstraint(fields=["company", "address"], condition=models.Q(subject=""), name="expected_address"),
        ]


class AccountSession(TenantModel):
    """A session that was opened with a company account, and the sign-in that did it, which counts once."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="+")
    state = models.BinaryField(max_length=32, unique=True)  # SHA-256
