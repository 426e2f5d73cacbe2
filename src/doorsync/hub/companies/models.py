"""Companies and their locations. A company's code is not kept: only a keyed hash of it is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from doorsync.domain.guard import Guard
from doorsync.hub.companies.tenancy import TenantModel


class Company(models.Model):
    """A tenant, found by its security code (programs) or its slug (people)."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    code_hash = models.BinaryField(max_length=32, unique=True)
    sealed_key = models.BinaryField(max_length=80)  # this company's 32-byte key, sealed with the hub's kek
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    token_seconds = models.PositiveIntegerField(default=300, validators=[MinValueValidator(60), MaxValueValidator(600)])
    compatible_tokens = models.BooleanField(default=False)  # long and reusable: a risk, off by default
    frame_origins = models.JSONField(default=list, blank=True)  # pages of these origins may embed the sync pages
    return_urls = models.JSONField(default=list, blank=True)  # where a run's page may lead back to

    demands_second_factor = models.BooleanField(default=False, db_default=False)  # of who signs in with a password

    automatic_starts = models.BooleanField(default=True)  # starts that come and longer stays go out without a press
    guard_people = models.PositiveIntegerField(default=20)
    guard_percent = models.PositiveIntegerField(default=10)
    # What programs find, as they had it before (docs/decisions/companies-as-programs-know-them.md):
    branches = models.BooleanField(default=False)  # users and groups belong to locations; ESWS calls the others EasySecure
    question_marks = models.BooleanField(default=False)  # characters above 255 become "?" when a program writes them
    head = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stores")  # whose code its programs use
    store = models.PositiveIntegerField(null=True, blank=True)  # and the number under which they name this company

    last_number = models.PositiveBigIntegerField(default=0)  # the highest user number ever given; never given again

    class Meta:
        constraints = [models.UniqueConstraint(fields=["head", "store"], name="company_store")]

    def __str__(self) -> str:
        return self.slug

    @property
    def guard(self) -> Guard:
        """How many removals need no confirmation."""
        return Guard(people=self.guard_people, percent=self.guard_percent)


class Location(TenantModel):
    """A site of a company."""

    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="Europe/Amsterdam")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="location_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that its clocks show."""
        return known_zone(self.time_zone) or ZoneInfo("UTC")

    @property
    def zone_is_known(self) -> bool:
        """False where the time zone is damaged in the database: `zone` is UTC then, good enough to show a time by."""
        return known_zone(self.time_zone) is not None


def known_zone(name: str) -> ZoneInfo | None:
    """The time zone of this name; None where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


class SetupCode(models.Model):
    """The one code with which a hub without a company is set up in a browser; only its SHA-256 is kept."""

    digest = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)  # wrong ones


class KeyMark(models.Model):
    """The mark of a key of the hub that this database was made with; see `key_marks`."""

    name = models.CharField(max_length=16, primary_key=True)
    mark = models.BinaryField(max_length=16)
