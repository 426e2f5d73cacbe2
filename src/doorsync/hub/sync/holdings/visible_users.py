"""Whom an administrator may see, and whom they may change, when they are limited to locations."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from doorsync.domain.record import Kind
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.rules import location_limit
from doorsync.hub.sync.models import Holding
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import User, UserLocation


def visible_users(administrator: Administrator) -> QuerySet[User]:
    """The users of the company in scope whom this administrator may see.

    Whoever is limited sees those who belong to their locations, are or should be in a terminal there, or are nobody else's:
    belong nowhere and are in no terminal.
    """
    limit = location_limit(administrator)
    if limit is None:
        return User.objects.all()
    placed = Holding.objects.filter(kind=Kind.USER, user_id__isnull=False)
    there = placed.filter(terminal_id__in=Terminal.objects.filter(location_id__in=limit).values("pk")).values("user_id")
    mine = Q(pk__in=User.objects.filter(user_locations__location__in=limit).values("pk")) | Q(pk__in=there)
    nobodys = ~Q(pk__in=UserLocation.objects.values("user_id")) & ~Q(pk__in=placed.values("user_id"))
    return User.objects.filter(mine | nobodys)


def may_change_user(administrator: Administrator, user: User) -> bool:
    """Whether a change of this user stays within the administrator's limit: nothing of them is at another location."""
    limit = location_limit(administrator)
    if limit is None:
        return True
    elsewhere = Terminal.objects.exclude(location_id__in=limit).values("pk")
    held = Holding.objects.filter(kind=Kind.USER, user_id=user.pk, terminal_id__in=elsewhere).exists()
    return not held and not user.user_locations.exclude(location__in=limit).exists()
