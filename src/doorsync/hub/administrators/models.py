"""Administrators, their sync tokens and sessions, and what is known of sign-in attempts."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_noop
from django_scopes import ScopedManager

from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel


class Level(models.TextChoices):
    """How much an administrator may do; `rules` says what."""

    OWNER = "owner", gettext_noop("Owner")
    MANAGER = "manager", gettext_noop("Manager")
    FRONT_DESK = "front-desk", gettext_noop("Front desk")
    OBSERVER = "observer", gettext_noop("Observer")


class Administrator(AbstractBaseUser):
    """A person who signs in to the hub for one company. Names are compared exactly, as they were given."""

    company = models.ForeignKey("companies.Company", models.CASCADE, related_name="+")
    username = models.CharField(max_length=150)
    name = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    may_sync = models.BooleanField(default=True)
    sees_credentials = models.BooleanField(default=False)
    level = models.CharField(max_length=16, choices=Level.choices, default=Level.OWNER, db_default=Level.OWNER)
    limited = models.BooleanField(default=False, db_default=False)  # to `locations`; if those are gone, to none
    locations: models.ManyToManyField[Location, models.Model] = models.ManyToManyField(Location, related_name="+")
    version = models.PositiveIntegerField(default=1)  # rises when password or rights change: older sign-ins end
    language = models.CharField(max_length=8, blank=True, default="", db_default="")  # of the pages; empty: as the browser asks
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "username"], name="administrator_username")]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's name for it
        """Whether this administrator may sign in at all."""
        return self.active


class SyncToken(TenantModel):
    """A one-time secret, of which only the SHA-256 is kept."""

    administrator = models.ForeignKey(Administrator, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    reusable = models.BooleanField(default=False)
    version = models.PositiveIntegerField()  # the administrator's version when it was issued
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    refusals = models.PositiveIntegerField(default=0)  # how often it was refused: the audit names the first few only
    # Of a token for the sync of one user: who it is, and where it starts by itself. Rooms above know users.
    user_id = models.BigIntegerField(null=True)
    location = models.ForeignKey("companies.Location", models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["administrator", "expires_at"], condition=models.Q(revoked_at=None), name="token_unrevoked"),
            models.Index(fields=["expires_at"], name="token_expires"),
        ]


class Session(TenantModel):
    """A sign-in in one browser: by a token for the sync pages, or those of one user; or a full one, by password or passkey."""

    public_id = models.CharField(max_length=22, unique=True)
    administrator = models.ForeignKey(Administrator, models.CASCADE, related_name="+")
    token = models.ForeignKey(SyncToken, models.CASCADE, null=True, related_name="+")  # of a sync session; a full one has none
    digest = models.BinaryField(max_length=32, unique=True)  # SHA-256 of the cookie's secret
    version = models.PositiveIntegerField()  # the administrator's version at sign-in
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=32, blank=True)
    by_passkey = models.BooleanField(default=False, db_default=False)  # a full one: no password was given
    sets_up = models.BooleanField(default=False, db_default=False)  # a full one: opens nothing but setting up a second factor

    @property
    def kind(self) -> Literal["user", "sync", "full"]:
        """How much may be done in it. Read it with its token."""
        if self.token is None:
            return "full"
        return "sync" if self.token.user_id is None else "user"


class SecondFactor(TenantModel):
    """The authenticator app that an administrator confirmed: there is a row only while it is asked for at sign-in."""

    administrator = models.OneToOneField(Administrator, models.CASCADE, related_name="+")
    sealed = models.BinaryField(max_length=80)  # the secret that the app has too; see `second_factor`
    last_step = models.BigIntegerField()  # the time step of the newest code that was taken: that one and older ones are used
    confirmed_at = models.DateTimeField()


class RecoveryCode(TenantModel):
    """A code that stands in for the app once: the row goes when it is used. Only a keyed hash of it is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code")]


class Passkey(TenantModel):
    """A key of WebAuthn that an administrator signs in with; the private half never leaves their device."""

    administrator = models.ForeignKey(Administrator, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()  # AAGUID, id and public key, as WebAuthn's attested credential data holds them
    uses = models.PositiveBigIntegerField()  # the count that the device told last; 0 where it does not count
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class UsedChallenge(models.Model):
    """A challenge that a passkey was used with, kept until it is too old to be used again."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    used_at = models.DateTimeField(db_index=True)


class Attempts(models.Model):
    """Failed sign-ins in one bucket (a keyed hash of company, name and source) within one window."""

    bucket = models.BinaryField(max_length=32, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    window_ends = models.DateTimeField(db_index=True)


class KnownSource(TenantModel):
    """A network from which somebody of this company signed in rightly: strangers' failures do not slow it down."""

    source = models.BinaryField(max_length=32)  # keyed hash of the network
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "source"], name="known_source")]
