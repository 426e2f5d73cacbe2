"""The table in which the database itself counts holdings; see `holdings.counters`, which is the only one to read it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django_scopes import ScopedManager


class HoldingCount(models.Model):
    """How many holdings of one kind at a terminal are the same. Only triggers write here."""

    pk = models.CompositePrimaryKey("company_id", "kind", "terminal_id")
    company = models.ForeignKey("companies.Company", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    kind = models.SmallIntegerField()
    terminal_id = models.BigIntegerField()
    same = models.BigIntegerField()

    objects: ClassVar[models.Manager[Self]] = ScopedManager(company="company")

    class Meta:
        app_label = "sync"
