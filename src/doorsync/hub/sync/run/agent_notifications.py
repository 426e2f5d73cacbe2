"""Tell waiting agents that there is work."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

# Sent after the commit, with `agents`: the public ids of those who have something to do now.
work_waiting = Signal()


def notify_agents(agents: set[str]) -> None:
    """Tell these agents, by public id, that there is work, once the transaction has committed."""
    if agents:
        transaction.on_commit(lambda: work_waiting.send(sender=None, agents=agents))
