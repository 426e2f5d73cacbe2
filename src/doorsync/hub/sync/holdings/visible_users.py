"""Whom an administrator may see, and whom they may change, when they are limited to locations."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User, UserLocation


def visible_users(administrator: Administrator) -> QuerySet[User]:
    """The users of the company in scope whom this administrator may see.

    Whoever is limited sees those who belong to their locations, are or should be in a terminal there, or are nobody else's:
    belong nowhere and are in no terminal. Asked user by user, so that a page costs what it shows and not what all doors hold.
    """
    limit = location_limit(administrator)
    if limit is None:
        return User.objects.all()
    doors = list(Terminal.objects.filter(location_id__in=limit).values_list("pk", flat=True))
    placed = Holding.objects.filter(kind=Kind.USER, user_id=OuterRef("pk"))
    belongs = UserLocation.objects.filter(user_id=OuterRef("pk"))
    mine = Exists(belongs.filter(location_id__in=limit)) | Exists(placed.filter(terminal_id__in=doors))
    return User.objects.filter(mine | (~Exists(belongs) & ~Exists(placed)))


def may_change_user(administrator: Administrator, user: User) -> bool:
    """Whether a change of this user stays within the administrator's limit: nothing of them is at another location."""
    limit = location_limit(administrator)
    if limit is None:
        return True
    elsewhere = Terminal.objects.exclude(location_id__in=limit).values("pk")
    held = Holding.objects.filter(kind=Kind.USER, user_id=user.pk, terminal_id__in=elsewhere).exists()
    return not held and not user.user_locations.exclude(location__in=limit).exists()
