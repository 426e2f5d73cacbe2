"""Reads of terminals that more than one room needs."""

from __future__ import annotations

from django.db.models import QuerySet

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.terminals.models import Terminal


def visible_terminals(administrator: Administrator) -> QuerySet[Terminal]:
    """The terminals of the company in scope that this administrator may see: for whoever is limited, those of their locations."""
    found = Terminal.objects.select_related("location", "agent", "company").order_by("location__name", "name")
    limit = location_limit(administrator)
    return found if limit is None else found.filter(location_id__in=limit)
