"""What sync says to those who wait for work."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

# Sent after the commit, with `agents`: the public ids of those who have something to do now.
work_waiting = Signal()


def notify_agents(agents: set[str]) -> None:
    """Tell these agents, once the transaction is in, that there is work."""
    if agents:
        transaction.on_commit(lambda: work_waiting.send(sender=None, agents=agents))
