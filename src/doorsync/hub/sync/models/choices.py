"""What an administrator chooses to sync: the saved filter and the mode."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group


class Mode(models.TextChoices):
    """What a run does at each terminal before it sends what is pending."""

    CHANGES = "changes", gettext_lazy("Send changes")
    VERIFY = "verify", gettext_lazy("Verify and repair")
    ERASE = "erase", gettext_lazy("Erase and rewrite")


class SyncFilter(TenantModel):
    """An administrator's saved choice. An empty list means all; all three empty is the empty filter, which the guard stops."""

    administrator = models.OneToOneField(Administrator, models.CASCADE, related_name="sync_filter")
    locations: models.ManyToManyField[Location, models.Model] = models.ManyToManyField(Location)
    terminals: models.ManyToManyField[Terminal, models.Model] = models.ManyToManyField(Terminal)
    groups: models.ManyToManyField[Group, models.Model] = models.ManyToManyField(Group)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.CHANGES)
