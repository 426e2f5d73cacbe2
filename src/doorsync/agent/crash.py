"""The named steps of the agent's work at which the tests kill the process."""

from __future__ import annotations

import os
import signal
from collections import Counter

POINTS = (
    "agent.file-drafted",
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
_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die here, as if the power had failed, when DOORSYNC_CRASH_AT names this step; "name:3" the third time."""
    wished, _, times = os.environ.get("DOORSYNC_CRASH_AT", "").partition(":")
    if wished != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
