"""Sync's answer to what lower rooms say, and what it says itself to those who wait for work."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import Signal, receiver
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.companies.signals import access_changed
from doorsync.hub.sync.holdings import refresh

# Sent after the commit, with `agents`: the public ids of those who have something to do now.
work_waiting = Signal()


def call_for(agents: set[str]) -> None:
    """Tell these agents, once the transaction is in, that there is work."""
    if agents:
        transaction.on_commit(lambda: work_waiting.send(sender=None, agents=agents))


@receiver(access_changed)
def keep_wanted_true(*, company: Company, users: set[int] | None, **_: Any) -> None:
    """Refresh in the same transaction as the change: no moment exists at which the plan does not know of it."""
    with scope(company=company):
        refresh(company, users)
