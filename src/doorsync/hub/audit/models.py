"""The trail: one hash chain for each company, over opaque ids only."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django_scopes import ScopedManager


class Entry(models.Model):
    """One thing that happened. Never changed, never deleted; `hash` is keyed, and covers `previous` and what happened."""

    company = models.ForeignKey("companies.Company", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    number = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    actor = models.JSONField()
    subject = models.JSONField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    key = models.CharField(max_length=16)  # the name of the key that `hash` was made with

    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="audit_number")]
        ordering = ["number"]


class ChainHead(models.Model):
    """The end of a company's chain: locked while an entry is added, so that numbers have no gaps. `seal` proves it."""

    company_id = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32, default=bytes(32))
    seal = models.BinaryField(max_length=32, default=b"")
