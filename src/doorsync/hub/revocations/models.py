"""Revocations: a person who should no longer be in a terminal was read back as out of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.terminals.models import Terminal


class Evidence(models.TextChoices):
    """How it is known that the person is out."""

    REMOVED = "removed", _("removed, and looked at afterwards")
    ACKNOWLEDGED = "acknowledged", _("removed; the terminal said so, and shows nobody its memory")
    READ_WHOLE = "read-whole", _("not in the terminal's memory when all of it was read")


class Revocation(TenantModel):
    """One person and one terminal. There is no foreign key to the user: this outlives them, as an event does."""

    user_number = models.BigIntegerField()
    name = models.CharField(max_length=242, blank=True)  # as they were called then
    terminal = models.ForeignKey(Terminal, models.SET_NULL, null=True, related_name="+")
    terminal_name = models.CharField(max_length=100)  # as it was called then
    serial = models.CharField(max_length=64, blank=True)
    location = models.ForeignKey(Location, models.SET_NULL, null=True, related_name="+")
    zone = models.CharField(max_length=64)  # the time zone of the location
    since = models.DateTimeField(null=True)  # when they should be out at first
    confirmed_at = models.DateTimeField()
    evidence = models.CharField(max_length=16, choices=Evidence.choices)
    statement = models.TextField(blank=True)  # what the agent signed; empty from agents that sign no statements
    signed_with = models.JSONField(default=dict)  # the agent's public keys at that time

    class Meta:
        indexes = [
            models.Index(fields=["company", "confirmed_at", "id"], name="revocation_at"),
            models.Index(fields=["company", "user_number", "confirmed_at"], name="revocation_of_user"),
        ]
        ordering = ["-confirmed_at", "-id"]
