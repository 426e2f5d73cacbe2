"""Who may pass where and when: zones, time schedules, access rights."""

from __future__ import annotations

from django.db import models

from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group


class Zone(TenantModel):
    """A set of terminals."""

    name = models.CharField(max_length=100)
    terminals: models.ManyToManyField[Terminal, models.Model] = models.ManyToManyField(Terminal, related_name="zones")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="zone_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TimeSchedule(TenantModel):
    """Weekly hours, local to each terminal. `number` is its key in the terminals."""

    name = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    slots = models.JSONField(default=list)  # [weekday "1".."7", "HH:MM", "HH:MM" up to "24:00"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="schedule_name"),
            models.UniqueConstraint(fields=["company", "number"], name="schedule_number"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccessRight(TenantModel):
    """A group may pass a zone's doors in a schedule's hours."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="rights")
    zone = models.ForeignKey(Zone, models.CASCADE, related_name="rights")
    schedule = models.ForeignKey(TimeSchedule, models.PROTECT, related_name="rights")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "zone", "schedule"], name="access_right")]
