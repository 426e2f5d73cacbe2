"""The table of what terminals held once; `holdings/former_entries` writes and reads it."""

from __future__ import annotations

from django.db import models

from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.terminals.models import Terminal


class FormerEntry(TenantModel):
    """A name or a credential that the hub once kept under one key of a terminal and that is gone from there, as a keyed hash."""

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="+")
    mark = models.BinaryField(max_length=16)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["terminal", "mark"], name="former_entry_once")]
