"""The named steps of the agent's work at which the tests kill the process."""

from __future__ import annotations

from doorsync.crash import point

__all__ = ["POINTS", "point"]

POINTS = (
    "agent.hello-counted",
    "agent.batch-checked",
    "agent.batch-stored",
    "agent.order-begun",
    "agent.order-done",
    "agent.orders-done",
    "agent.part-stored",
    "agent.read-back",
    "agent.receipt-sealed",
    "agent.receipt-stored",
)
