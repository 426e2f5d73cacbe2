"""Sync's answer to what lower rooms say."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.holdings import refresh
from doorsync.hub.sync.unprompted import remove_at_once


@receiver(access_changed)
def keep_wanted_true(*, company: Company, users: set[int] | None, actor: Actor | None = None, **_: Any) -> None:
    """Refresh in the same transaction as the change: no moment exists at which the plan does not know of it."""
    with scope(company=company):
        refresh(company, users)
        if actor:
            remove_at_once(company, actor)
