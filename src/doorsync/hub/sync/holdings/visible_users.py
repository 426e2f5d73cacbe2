"""Whom an administrator may see, and whom they may change, when they are limited to locations."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from doorsync.domain.record import Kind
from doorsync.hub.access.models import AccessRight
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import Group, Membership, User, UserLocation


def visible_users(administrator: Administrator) -> QuerySet[User]:
    """The users of the company in scope whom this administrator may see.

    Whoever is limited sees those who belong to their locations, are or should be in a terminal there, or are nobody else's:
    belong nowhere, are in no terminal, and in no group that opens doors elsewhere only, where who is suspended would be again.
    Asked user by user, so that a page costs what it shows and not what all doors hold.
    """
    limit = location_limit(administrator)
    if limit is None:
        return User.objects.all()
    doors = list(Terminal.objects.filter(location_id__in=limit).values_list("pk", flat=True))
    placed = Holding.objects.filter(kind=Kind.USER, user_id=OuterRef("pk"))
    belongs = UserLocation.objects.filter(user_id=OuterRef("pk"))
    member = Membership.objects.filter(user_id=OuterRef("pk"))
    opened = list(AccessRight.objects.filter(zone__terminals__in=doors).values_list("group_id", flat=True).distinct())
    opened_elsewhere = list(groups_elsewhere(limit).values_list("pk", flat=True))
    opens = Exists(member.filter(group_id__in=opened))  # first what is true of most: SQLite stops there
    mine = opens | Exists(belongs.filter(location_id__in=limit)) | Exists(placed.filter(terminal_id__in=doors))
    elsewhere = Exists(belongs) | Exists(placed) | Exists(member.filter(group_id__in=opened_elsewhere))
    return User.objects.filter(mine | ~elsewhere)


def may_change_user(administrator: Administrator, user: User) -> bool:
    """Whether a change of this user stays within the administrator's limit: nothing of them is at another location.

    Groups count too: whoever is suspended or expired is in no door, and would be in those of their groups once they are not.
    """
    limit = location_limit(administrator)
    if limit is None:
        return True
    elsewhere = Terminal.objects.exclude(location_id__in=limit).values("pk")
    held = Holding.objects.filter(kind=Kind.USER, user_id=user.pk, terminal_id__in=elsewhere).exists()
    reaches = user.memberships.filter(group__in=groups_elsewhere(limit).values("pk")).exists()
    return not held and not reaches and not user.user_locations.exclude(location__in=limit).exists()


def groups_elsewhere(limit: Collection[int]) -> QuerySet[Group]:
    """The groups that open a door at another location than these."""
    elsewhere = Terminal.objects.exclude(location_id__in=limit).values("pk")
    return Group.objects.filter(rights__zone__terminals__in=elsewhere).order_by().distinct()
