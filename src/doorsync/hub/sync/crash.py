"""The named steps of a batch on the hub's side at which the tests kill the process."""

from __future__ import annotations

import os
import signal

POINTS = ("hub.batch-issued", "hub.part-read", "hub.part-taken", "hub.receipt-read", "hub.receipt-applied")


def point(name: str) -> None:
    """Die here, as if the power had failed, when DOORSYNC_CRASH_AT names this step."""
    if os.environ.get("DOORSYNC_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
