"""Where the tests kill a process: at steps named in `files.atomic`, `privacy.erasing` and the `crash_points` of hub and agent."""

from __future__ import annotations

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die here, as if the power had failed, when DOORSYNC_CRASH_AT names this step; "name:3" the third time."""
    wished, _, times = os.environ.get("DOORSYNC_CRASH_AT", "").partition(":")
    if wished != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
