"""Reads of revocations, of the company in scope."""

from __future__ import annotations

from django.db.models import QuerySet

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.revocations.models import Revocation


def visible_revocations(administrator: Administrator) -> QuerySet[Revocation]:
    """Those at terminals that this administrator may see, newest first."""
    limit = location_limit(administrator)
    return Revocation.objects.all() if limit is None else Revocation.objects.filter(location_id__in=limit)
