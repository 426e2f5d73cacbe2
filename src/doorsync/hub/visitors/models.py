"""Visits."""

from __future__ import annotations

from django.db import models

from doorsync.hub.companies.tenancy import TenantModel
from doorsync.hub.users.models import FULL_NAME_LENGTH, User


class VisitState(models.TextChoices):
    """How far a visit is. The words are stored and must not change."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


OPEN = (VisitState.EXPECTED, VisitState.ARRIVED)


class Visit(TenantModel):
    """One visit of a user who is a visitor. Each time of a weekly one is a row of its own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="visits")
    host = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="visits_received")
    host_name = models.CharField(max_length=FULL_NAME_LENGTH, blank=True)
    state = models.CharField(max_length=12, choices=VisitState, default=VisitState.EXPECTED)
    starts = models.CharField(max_length=16)  # wall clock "YYYY-MM-DDTHH:MM" at each location, as those of the user
    ends = models.CharField(max_length=16)
    over_at = models.DateTimeField()  # when it ends at the last location
    weekly_until = models.DateField(null=True, blank=True)  # it comes again each week, up to this day
    groups = models.JSONField(default=list)  # ids of those that it puts the visitor into
    pass_lookup = models.BinaryField(max_length=32, null=True)  # finds the card whose number the visitor's QR code is
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # left, was over, or cancelled

    class Meta:
        indexes = [
            models.Index(fields=["company", "starts"], name="visit_by_start"),
            models.Index(fields=["over_at"], condition=models.Q(state__in=["expected", "arrived"]), name="visit_open"),
        ]
        ordering = ["starts", "pk"]
