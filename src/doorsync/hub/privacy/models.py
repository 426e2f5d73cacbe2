"""Erasures: what was asked, which doors had the person, and when nothing names them any more."""

from __future__ import annotations

from django.db import models

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.tenancy import TenantModel


class Erasure(TenantModel):
    """The erasure of one person. It holds no name: their number, and until it is finished keyed hashes of their cards."""

    user_id = models.BigIntegerField()
    number = models.BigIntegerField()
    administrator = models.ForeignKey(Administrator, models.SET_NULL, null=True, related_name="+")  # who asked for it
    via = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    card_lookups = models.JSONField(default=list)  # in hex; emptied when it is finished
    doors = models.JSONField(default=list)  # that had the person: terminal (id), door, serial, confirmed_at, evidence

    class Meta:
        indexes = [
            models.Index(fields=["company"], condition=models.Q(finished_at=None), name="erasure_open"),
            models.Index(fields=["company", "asked_at", "id"], name="erasure_at"),
        ]
        ordering = ["-asked_at", "-id"]
