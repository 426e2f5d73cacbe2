"""Who may pass where and when: zones, time schedules, access rights."""

from __future__ import annotations

from django.db import models

from doorsync.domain import holidays as rules
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


class HolidayCalendar(TenantModel):
    """Holidays that time schedules may follow."""

    name = models.CharField(max_length=100)
    applied = models.TextField(blank=True, default="")  # the days for which terminals were last told the hours; see `holidays`

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="holiday_calendar_name")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Holiday(TenantModel):
    """One of a calendar: from the first to the last day, the hours from `start` to `end` stay; both empty: none."""

    calendar = models.ForeignKey(HolidayCalendar, models.CASCADE, related_name="holidays")
    name = models.CharField(max_length=100, blank=True)
    first = models.DateField()
    last = models.DateField()
    start = models.CharField(max_length=5, blank=True, default="")
    end = models.CharField(max_length=5, blank=True, default="")

    class Meta:
        ordering = ["first", "last", "pk"]

    @property
    def rule(self) -> rules.Holiday:
        """What it says of hours."""
        return rules.Holiday(first=self.first, last=self.last, start=self.start, end=self.end)


class TimeSchedule(TenantModel):
    """Weekly hours, local to each terminal. `number` is its key in the terminals."""

    name = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    slots = models.JSONField(default=list)  # [weekday "1".."7", "HH:MM", "HH:MM" up to "24:00"]
    calendar = models.ForeignKey(HolidayCalendar, models.PROTECT, null=True, blank=True, related_name="schedules")

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
