"""The groups that an administrator may put people into: whoever is limited to locations gives no access elsewhere."""

from __future__ import annotations

from django.db.models import QuerySet

from doorsync.hub.access.models import AccessRight
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group


def grantable_groups(administrator: Administrator) -> QuerySet[Group]:
    """All groups of the company; for whoever is limited, those that open no door elsewhere."""
    limit = location_limit(administrator)
    if limit is None:
        return Group.objects.all()
    elsewhere = Terminal.objects.exclude(location_id__in=limit).values("pk")
    return Group.objects.exclude(pk__in=AccessRight.objects.filter(zone__terminals__in=elsewhere).values("group_id"))
