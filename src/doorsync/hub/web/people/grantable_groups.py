"""The groups that an administrator may put people into: whoever is limited to locations gives no access elsewhere."""

from __future__ import annotations

from django.db.models import QuerySet

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.sync.holdings.visible_users import groups_elsewhere
from doorsync.hub.users.models import Group


def grantable_groups(administrator: Administrator) -> QuerySet[Group]:
    """All groups of the company; for whoever is limited, those that open no door elsewhere."""
    limit = location_limit(administrator)
    return Group.objects.all() if limit is None else Group.objects.exclude(pk__in=groups_elsewhere(limit).values("pk"))
